#!/usr/bin/env python3
"""Random programs, computed again by PyTorch: values, first and second gradients, in float64.

    compare_with_pytorch.py build/release/tests/random_programs [--count N] [--seed S]

Exits with 1 if a number differs, with 77 where there is no PyTorch (Debian's python3-torch).
"""

import argparse
import json
import math
import subprocess
import sys

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    print("compare_with_pytorch: nothing is compared: there is no PyTorch (python3-torch)")
    sys.exit(77)

DTYPES = {"float32": torch.float32, "float64": torch.float64, "int32": torch.int32,
          "int64": torch.int64, "bool": torch.bool}


def array(described, dtype):
    return torch.tensor([float(v) if isinstance(v, str) else v for v in described["numbers"]],
                        dtype=dtype).reshape(described["shape"])


def each_axis(x, axes, keepdims, reduce):
    """One axis after the other, the last first; reduce keeps each as 1."""
    axes = range(x.dim()) if axes is None else {a % x.dim() for a in axes}
    for axis in sorted(axes, reverse=True):
        x = reduce(x, axis)
        x = x if keepdims else x.squeeze(axis)
    return x


def extreme(x, axes, keepdims, reduce):
    if x.dim() == 0:
        return x
    axes = list(range(x.dim())) if axes is None else axes
    return reduce(x, dim=axes, keepdim=keepdims) if axes else x


def run_along(start, step):
    """A running sum or product."""
    def run(x, axis, exclusive, reverse):
        x = x.flip(axis) if reverse else x
        y = step(x, axis)
        if exclusive and x.shape[axis] != 0:
            first = torch.full_like(y.narrow(axis, 0, 1), start)
            y = torch.cat([first, y.narrow(axis, 0, x.shape[axis] - 1)], axis)
        return y.flip(axis) if reverse else y
    return run


def linear_recurrence(a, b, axis, exclusive, reverse):
    a, b = [list(x.unbind(axis)) for x in (a, b)]
    if not a:
        return None
    y, results = torch.zeros_like(b[0]), []
    for i in reversed(range(len(a))) if reverse else range(len(a)):
        before, y = y, (b[i] if not results else a[i] * y + b[i])
        results.append(before if exclusive else y)
    return torch.stack(results[::-1] if reverse else results, axis)


def chosen(x, places):
    """Of each axis the elements at these places."""
    for axis, indices in enumerate(places):
        x = x.index_select(axis, torch.tensor(indices, dtype=torch.int64))
    return x


def sliced(x, starts, stops, steps):
    return chosen(x, [range(*slice(*ends).indices(n))
                      for *ends, n in zip(starts, stops, steps, x.shape)])


def padded(x, paddings, mode, alpha=0.0):
    sides = list(zip(paddings[::2], paddings[1::2]))
    if mode == "constant":
        return F.pad(x, [n for pair in reversed(sides) for n in pair], value=alpha)

    def place(i, n):
        if mode == "edge":
            return min(max(i, 0), n - 1)
        period = 2 * n - 2 if mode == "reflect" else 2 * n
        i = i % period if period else 0
        return i if i < n else (period if mode == "reflect" else period - 1) - i
    return chosen(x, [[place(i, n) for i in range(-before, n + after)]
                      for (before, after), n in zip(sides, x.shape)])


def matmul(a, b, transpose_a, transpose_b):
    return torch.matmul(a.mT if transpose_a else a, b.mT if transpose_b else b)


def one_batch(a, b):
    """PyTorch takes some batches of rank one less than a's for vectors."""
    batch = torch.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return [x.expand(batch + x.shape[-2:]) for x in (a, b)]


def triangular_solve(a, b, lower, transpose):
    a = a.mT if transpose else a
    return torch.linalg.solve_triangular(*one_batch(a, b), upper=lower == transpose)


def expanded(x, model, axes, keepdims):
    if not keepdims:
        axes = range(model.dim()) if axes is None else sorted(a % model.dim() for a in axes)
        for axis in axes:
            x = x.unsqueeze(axis)
    return x.expand(model.shape)


def transposed_rule(function):
    """f_grad(dy, x, ...): what dy becomes on its way back through the linear function f of x."""
    def rule(dy, x, **attributes):
        zero = torch.zeros_like(x, requires_grad=True)
        return torch.autograd.grad(function(zero, **attributes), zero, dy, create_graph=True)[0]
    return rule


def concat_grad(dy, *parts, axis, part):
    first = sum(p.shape[axis] for p in parts[:part])
    return dy.narrow(axis, first, parts[part].shape[axis])


def places_of_largest(x, count):
    return torch.sort(x, dim=-1, descending=True, stable=True)[1].narrow(-1, 0, count)


def one_hot(indices, depth, dtype):
    return (indices.unsqueeze(-1) == torch.arange(depth)).to(DTYPES[dtype])


def softplus(x):
    return torch.logaddexp(x, torch.zeros_like(x))


def rounding(function):
    return lambda x: function(x) if x.is_floating_point() else x


def number_of(x, like):
    return torch.as_tensor(x, dtype=like.dtype)


OPS = {
    "identity": torch.clone, "stop_gradient": torch.detach,
    "cast": lambda x, dtype: x.to(DTYPES[dtype]),
    "add": torch.add, "subtract": torch.sub, "multiply": torch.mul, "divide": torch.div,
    "negative": torch.neg, "abs": torch.abs, "sign": torch.sign, "maximum": torch.maximum,
    "minimum": torch.minimum, "square": lambda x: x * x, "sqrt": torch.sqrt,
    "clip": lambda x, low, high: torch.clamp(x, low, high),
    "floor_divide": lambda a, b: torch.div(a, b, rounding_mode="floor"), "mod": torch.remainder,
    "xdivy": torch.div, "multiply_no_nan": torch.mul,
    "exp": torch.exp, "expm1": torch.expm1, "log": torch.log, "log1p": torch.log1p,
    "log2": torch.log2, "power": torch.pow, "reciprocal": torch.reciprocal, "rsqrt": torch.rsqrt,
    "hypot": torch.hypot, "squared_difference": lambda a, b: (a - b) ** 2,
    "sin": torch.sin, "cos": torch.cos, "tan": torch.tan, "asin": torch.asin, "acos": torch.acos,
    "atan": torch.atan, "atan2": torch.atan2, "sinh": torch.sinh, "cosh": torch.cosh,
    "asinh": torch.asinh, "acosh": torch.acosh, "atanh": torch.atanh, "erf": torch.erf,
    "floor": rounding(torch.floor), "ceil": rounding(torch.ceil), "round": rounding(torch.round),
    "is_nan": torch.isnan, "is_finite": torch.isfinite,
    "relu": torch.relu, "leaky_relu": lambda x, alpha: F.leaky_relu(x, alpha),
    "prelu": lambda x, slope: torch.where(x > 0, x, slope * x),
    "elu": lambda x, alpha: F.elu(x, alpha), "selu": F.selu,
    "celu": lambda x, alpha: F.celu(x, alpha), "sigmoid": torch.sigmoid,
    "log_sigmoid": lambda x: -softplus(-x), "hard_sigmoid": lambda x: torch.clamp((x + 3) / 6, 0, 1), "softplus": softplus,
    "softsign": F.softsign, "tanh": torch.tanh, "silu": lambda x: x * torch.sigmoid(x),
    "mish": lambda x: x * torch.tanh(softplus(x)), "gelu": F.gelu,
    "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "elu_grad": lambda dy, y, alpha: torch.where(y > 0, dy, dy * (y + alpha)),
    "relu_grad": lambda dy, x: torch.where(x > 0, dy, number_of(0, dy)),
    "sigmoid_grad": lambda dy, y: dy * y * (1 - y), "tanh_grad": lambda dy, y: dy * (1 - y * y),
    "equal": torch.eq, "not_equal": torch.ne, "less": torch.lt, "less_equal": torch.le,
    "greater": torch.gt, "greater_equal": torch.ge, "where": torch.where,
    "logical_and": torch.logical_and, "logical_or": torch.logical_or,
    "logical_xor": torch.logical_xor, "logical_not": torch.logical_not,
    "reduce_sum": lambda x, axes, keepdims: each_axis(
        x, axes, keepdims, lambda x, a: x.sum(a, keepdim=True, dtype=x.dtype)),
    "reduce_sum_square": lambda x, axes, keepdims: each_axis(
        x * x, axes, keepdims, lambda x, a: x.sum(a, keepdim=True, dtype=x.dtype)),
    "reduce_mean": lambda x, axes, keepdims: each_axis(
        x, axes, keepdims, lambda x, a: x.mean(a, keepdim=True)),
    "reduce_prod": lambda x, axes, keepdims: each_axis(
        x, axes, keepdims, lambda x, a: x.prod(a, keepdim=True, dtype=x.dtype)),
    "reduce_any": lambda x, axes, keepdims: each_axis(
        x, axes, keepdims, lambda x, a: x.any(a, keepdim=True)),
    "reduce_all": lambda x, axes, keepdims: each_axis(
        x, axes, keepdims, lambda x, a: x.all(a, keepdim=True)),
    "reduce_max": lambda x, axes, keepdims: extreme(x, axes, keepdims, torch.amax),
    "reduce_min": lambda x, axes, keepdims: extreme(x, axes, keepdims, torch.amin),
    # The first of equals, as NumPy has it.
    "argmax": lambda x, axis: torch.as_tensor(x.detach().numpy().argmax(axis)),
    "argmin": lambda x, axis: torch.as_tensor(x.detach().numpy().argmin(axis)),
    "argsort": lambda x, axis, descending: torch.sort(
        x, dim=axis, descending=descending, stable=True)[1],
    "top_k_indices": places_of_largest,
    "cumsum": run_along(0, torch.cumsum), "cumprod": run_along(1, torch.cumprod),
    "linear_recurrence": linear_recurrence, "matmul": matmul,
    # Of a's lower triangle alone; PyTorch's own gradient is spread over both.
    "cholesky": lambda a: torch.linalg.cholesky(a.tril() + a.tril(-1).mT),
    "triangular_solve": triangular_solve, "solve": lambda a, b: torch.linalg.solve(*one_batch(a, b)),
    "softmax": lambda x, axis: F.softmax(x, axis),
    "log_softmax": lambda x, axis: F.log_softmax(x, axis),
    "softmax_cross_entropy_with_logits":
        lambda labels, logits: -(labels * F.log_softmax(logits, -1)).sum(-1),
    "sparse_softmax_cross_entropy_with_logits": lambda labels, logits: -F.log_softmax(
        logits, -1).gather(-1, labels.to(torch.int64).unsqueeze(-1)).squeeze(-1),
    "sigmoid_cross_entropy_with_logits": lambda z, x: softplus(x) - x * z,
    "transpose": lambda x, permutation: x.permute(
        permutation or list(reversed(range(x.dim())))),
    "reverse": lambda x, axes: x.flip(list(range(x.dim())) if axes is None else axes),
    "broadcast_to": lambda x, shape: x.expand(shape),
    "broadcast_like": lambda x, model: x.expand(torch.broadcast_shapes(x.shape, model.shape)),
    "sum_like": lambda x, model: x.sum_to_size(model.shape), "expand_like": expanded,
    "count_ratio": lambda a, b: torch.tensor(
        a.numel() / b.numel() if b.numel() else math.nan if a.numel() == 0 else math.inf,
        dtype=a.dtype),
    "full_like": lambda x, alpha: torch.full_like(x, alpha),
    "one_hot": one_hot,
    "one_hot_like": lambda labels, model: (
        labels.unsqueeze(-1) == torch.arange(model.shape[-1])).to(model.dtype),
    "slice": sliced, "slice_grad": transposed_rule(sliced),
    "concat": lambda *parts, axis: torch.cat(parts, axis), "concat_grad": concat_grad,
    "stack": lambda *parts, axis: torch.stack(parts, axis),
    "tile": lambda x, repeats: x.repeat(repeats),
    "tile_grad": transposed_rule(lambda x, repeats: x.repeat(repeats)),
    "repeat": lambda x, count, axis: x.repeat_interleave(count, axis),
    "repeat_grad": transposed_rule(lambda x, count, axis: x.repeat_interleave(count, axis)),
    "roll": lambda x, shift, axis: x.roll(shift, axis),
    "pad": padded, "pad_grad": transposed_rule(padded),
    "diag": torch.diag_embed, "diag_part": lambda x: x.diagonal(dim1=-2, dim2=-1),
    "diag_part_grad": transposed_rule(lambda x: x.diagonal(dim1=-2, dim2=-1)),
    "tril": lambda x, diagonal: x.tril(diagonal), "triu": lambda x, diagonal: x.triu(diagonal),
    "gather": lambda x, indices, axis: x.index_select(axis, indices.flatten().to(torch.int64)),
    "take_along_axis": lambda x, indices, axis: x.gather(axis, indices.to(torch.int64)),
    "take_along_axis_grad": lambda dy, indices, x, axis: torch.zeros_like(x).scatter_add(
        axis, indices.to(torch.int64), dy),
}
GIVEN = {"placeholder", "variable", "constant"}
# The same elements in another shape, that of the result.
RESHAPED = {"reshape", "reshape_like", "expand_dims", "squeeze", "gather"}
# Of our own numbers: PyTorch's equal ones may differ by rounding.
ORDERS = {"argsort", "top_k_indices"}


def unknown_ops(program):
    return {n["op"] for n in program["nodes"]} - OPS.keys() - GIVEN - RESHAPED


def difference(found, expected, what):
    """Each number may err by rounding, which grows with the largest beside it."""
    if found.shape != expected.shape:
        return f"{what} has shape {list(found.shape)}, PyTorch's {list(expected.shape)}"
    found, expected = found.detach(), expected.detach()
    if not found.is_floating_point():
        return None if torch.equal(found, expected.to(found.dtype)) else f"{what} differs"
    if found.numel() == 0:
        return None
    largest = torch.nan_to_num(expected.abs(), nan=0.0, posinf=0.0).max()
    if torch.allclose(found, expected, rtol=1e-9, atol=1e-9 * max(1.0, float(largest)),
                      equal_nan=True):
        return None
    return f"{what} is\n{found}\nPyTorch's\n{expected}"


def half_square(tensors):
    return sum(0.5 * (x.double() ** 2).sum() for x in tensors)


def gradients(loss, xs):
    if not loss.requires_grad:
        return [torch.zeros_like(x) for x in xs]
    dxs = torch.autograd.grad(loss, xs, create_graph=True, allow_unused=True)
    return [torch.zeros_like(x) if dx is None else dx for dx, x in zip(dxs, xs)]


def fault_of(program):
    values, own = [], []
    for i, node in enumerate(program["nodes"]):
        given = array(node, DTYPES[node["dtype"]])
        own.append(given)
        operands = [(own if node["op"] in ORDERS else values)[k] for k in node["operands"]]
        if node["op"] in GIVEN:
            values.append(given.requires_grad_(i in program["xs"]))
            continue
        value = operands[0]
        if node["op"] in OPS:
            value = OPS[node["op"]](*operands, **node["attributes"])
            value = given if value is None else value
        if node["op"] in RESHAPED:
            value = value.reshape(node["shape"])
        if fault := difference(given, value, f"node {i}, {node['op']} of {node['operands']},"):
            return fault
        values.append(value)

    xs = [values[k] for k in program["xs"]]
    if not xs:
        return None
    loss = half_square(values[k] for k in program["tensors"] if values[k].is_floating_point())
    first = gradients(loss, xs)
    second = gradients(half_square(first), xs)
    for order, dxs in (("first", first), ("second", second)):
        for k, found, dx in zip(program["xs"], program[order], dxs):
            if fault := difference(array(found, dx.dtype), dx, f"{order} gradient of node {k}"):
                return fault
    return None


def text(program):
    return "\n".join(f"  {i}: {n['op']} of {n['operands']} {n['attributes']}: {n['dtype']} "
                     f"{n['shape']}" + (f" = {n['numbers']}" if n["op"] in GIVEN else "")
                     for i, n in enumerate(program["nodes"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("random_programs", help="the program of that name")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)

    described = subprocess.run(
        [options.random_programs, "--describe", f"--count={options.count}",
         f"--seed={options.seed}"], check=True, stdout=subprocess.PIPE, text=True).stdout
    compared, skipped, faults, unknown = 0, 0, 0, set()
    for line in described.splitlines():
        program = json.loads(line)
        if missing := unknown_ops(program):
            skipped += 1
            unknown |= missing
            continue
        compared += 1
        if fault := fault_of(program):
            faults += 1
            print(f"program {program['seed']}: {fault}\n{text(program)}")
    print(f"{compared} random programs compared with PyTorch, {faults} differ; {skipped} have ops "
          f"that this script does not know: {', '.join(sorted(unknown)) or 'none'}")
    # Few: else the comparison would say little.
    sys.exit(1 if faults or compared < 0.9 * options.count else 0)


if __name__ == "__main__":
    main()
