#!/usr/bin/env python3
"""Compares layers, values and gradients, with PyTorch's, which get the same weights.

usage: compare_with_pytorch.py LAYER_VALUES
"""
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import torch
except ImportError:
    print("PyTorch is not installed")
    sys.exit(77)

F = torch.nn.functional


def read(path):
    """A safetensors file of float32."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header, body = json.loads(data[8:8 + length]), data[8 + length:]
    arrays = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        assert entry["dtype"] == "F32", name
        arrays[name] = torch.frombuffer(bytearray(body[begin:end]), dtype=torch.float32).reshape(entry["shape"])
    return arrays


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def recurrent(kind, a, x, state=None, gates=None, backwards=False):
    """One of PyTorch's, whose gates stand in another order: `gates` says which of ours."""
    units = a["U"].shape[1]
    order = gates or [0]

    def ordered(w):
        parts = w.split(units)
        return torch.cat([parts[i] for i in order])

    # A functional call: the weights stay leaves of the graph of gradients.
    c = a["c"] if "c" in a else torch.zeros_like(a["b"])
    weights = [ordered(a["W"]), ordered(a["U"]), ordered(a["b"]), ordered(c)]
    x = x.flip(1) if backwards else x
    zeros = torch.zeros(1, x.shape[0], units)
    if kind == "lstm":
        h, s = (t.unsqueeze(0) for t in state) if state else (zeros, zeros)
        return torch._VF.lstm(x, (h, s), weights, True, 1, 0.0, False, False, True)[0]
    call = torch._VF.gru if kind == "gru" else torch._VF.rnn_tanh
    return call(x, state.unsqueeze(0) if state is not None else zeros, weights, True, 1, 0.0, False, False, True)[0]


def attention(a, query, value, key, heads, mask=None):
    size = query.shape[-1]
    q, k, v = (F.linear(x, a[f"W_{n}"], a[f"b_{n}"]) for x, n in ((query, "query"), (key, "key"), (value, "value")))
    # PyTorch's own function takes its inputs projected already, if the projections change nothing.
    weights = torch.cat([torch.eye(size)] * 3)
    y, _ = F.multi_head_attention_forward(
        q.transpose(0, 1), k.transpose(0, 1), v.transpose(0, 1), size, heads, weights, torch.zeros(3 * size), None,
        None, False, 0.0, a["W_output"], a["b_output"], attn_mask=mask)
    return y.transpose(0, 1)


def attention_mask(visible, heads):
    return (~visible).repeat_interleave(heads, 0)


def forward(name, a):
    x = a.get("in.x")
    if name == "dense":
        return torch.tanh(F.linear(x, a["W"], a["b"]))
    if name == "dense_of_sequences":
        return F.linear(x, a["W"])
    if name == "embedding":
        return F.embedding(torch.tensor([[1, 0, 6], [1, 1, 3]]), a["E"])
    if name == "conv2d_same":
        return nhwc(F.relu(F.conv2d(nchw(x), a["W"].permute(3, 2, 0, 1), a["b"], padding=1)))
    if name == "conv2d_strided":
        return nhwc(F.conv2d(nchw(x), a["W"].permute(3, 2, 0, 1), a["b"], stride=(2, 1), dilation=(1, 2)))
    if name == "conv2d_transpose":
        return nhwc(F.conv_transpose2d(nchw(x), a["W"].permute(3, 2, 0, 1), a["b"], stride=2))
    if name == "max_pool2d":
        return nhwc(F.max_pool2d(nchw(x), 2))
    if name == "average_pool2d":
        return nhwc(F.avg_pool2d(nchw(x), (3, 2), stride=(1, 2)))
    if name.startswith("batch_norm"):
        training = name == "batch_norm_training"
        y = F.batch_norm(x.reshape(-1, 3), a["moving_mean"].clone(), a["moving_variance"].clone(), a["gamma"],
                         a["beta"], training=training, eps=1e-3)
        return y.reshape(x.shape)
    if name == "layer_norm":
        return F.layer_norm(x, (6,), a["gamma"], a["beta"], eps=1e-3)
    if name == "simple_rnn":
        return recurrent("rnn", a, x)
    if name == "lstm":
        return recurrent("lstm", a, x, gates=[0, 1, 2, 3])[:, -1]
    if name == "lstm_sequences":
        return recurrent("lstm", a, x, (a["in.h"], a["in.c"]), gates=[0, 1, 2, 3])
    if name == "lstm_backwards":
        return recurrent("lstm", a, x, gates=[0, 1, 2, 3], backwards=True)
    # Ours are z, r, h; PyTorch's r, z, n.
    if name == "gru":
        return recurrent("gru", a, x, gates=[1, 0, 2])
    if name == "gru_from_state":
        return recurrent("gru", a, x, a["in.h"], gates=[1, 0, 2])[:, -1]
    if name == "attention":
        return attention(a, x, x, x, 3)
    if name == "attention_causal":
        later = torch.ones(5, 5, dtype=torch.bool).triu(1)
        return attention(a, x, x, x, 2, later)
    if name == "attention_of_others":
        visible = torch.tensor([[1, 1, 0, 1], [1, 0, 1, 0]], dtype=torch.bool)[:, None, :].expand(2, 3, 4)
        return attention(a, a["in.query"], a["in.value"], a["in.key"], 2, attention_mask(visible, 2))
    raise KeyError(name)


def differs(a, b):
    return a.shape != b.shape or not torch.allclose(a, b, rtol=1e-4, atol=2e-5)


def main():
    failures = cases = 0
    with tempfile.TemporaryDirectory(prefix="gradus_test_") as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        for path in sorted(pathlib.Path(folder).iterdir()):
            a, name = read(path), path.stem
            leaves = {n: a[n].requires_grad_() for n in a if f"d.{n}" in a}
            y = forward(name, a)
            (y * a["u"]).sum().backward()
            wrong = [] if not differs(y, a["y"]) else ["y"]
            wrong += [n for n, leaf in leaves.items() if differs(leaf.grad, a[f"d.{n}"])]
            cases += 1
            if wrong:
                failures += 1
                print(f"{name}: other numbers in {', '.join(wrong)}")
    print(f"{cases} layers, {failures} differ from PyTorch's")
    sys.exit(failures != 0 or cases < 20)


if __name__ == "__main__":
    main()
