#include <gradus/joining.h>

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/at.h>
#include <gradus/error.h>
#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/shapes.h>
#include <gradus/views.h>

#include "graph/graph_state.h"
#include "kernels/arrays/permute.h"
#include "ops/kernels/strides.h"
#include "slice_axis.h"

namespace gradus {
namespace {

using attributes::axis;
using attributes::part;
using Integers = std::vector<std::int64_t>;

// What is known of a size from either of two that must be equal.
std::int64_t known_of(std::int64_t a, std::int64_t b) { return a == any_size ? b : a; }

std::int64_t sum_or_any(const Call& f, std::int64_t a, std::int64_t b) {
  if (a == any_size || b == any_size) return any_size;
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) f.fail("the result has more than 2^60 elements");
  return sum;
}

Shape joined(const Call& f, std::span<const Shape> shapes) {
  const Shape& a = shapes[0];
  const std::int64_t along = chosen_axis(f, f[axis], a.rank());
  Integers y = a.to_vector();
  for (const Shape& b : shapes.subspan(1)) {
    if (b.rank() != a.rank())
      f.fail(fmt::format("ranks differ: {} and {}", to_text(a), to_text(b)));
    for (std::int64_t i = 0; i < a.rank(); ++i) {
      std::int64_t& size = y[static_cast<std::size_t>(i)];
      if (i == along)
        size = sum_or_any(f, size, b[i]);
      else if (size != b[i] && size != any_size && b[i] != any_size)
        f.fail(fmt::format("sizes differ in another axis than {}: {} and {}", along, to_text(a),
                           to_text(b)));
      else
        size = known_of(size, b[i]);
    }
  }
  return y;
}

Shape stacked(const Call& f, std::span<const Shape> shapes) {
  Integers y = shapes[0].to_vector();
  for (const Shape& b : shapes.subspan(1)) {
    if (!may_equal(shapes[0], b))
      f.fail(fmt::format("shapes differ: {} and {}", to_text(shapes[0]), to_text(b)));
    std::ranges::transform(y, b, y.begin(), known_of);
  }
  check_rank(f, shapes[0].rank() + 1);
  y.insert(y.begin() + chosen_axis(f, f[axis], shapes[0].rank() + 1), std::ssize(shapes));
  return y;
}

// Each operand goes to its place along the axis as a few long runs.
void join(const KernelCall& call) {
  const Shape& y = call.output.shape;
  const AroundAxis around(y, chosen_axis(call.f, call.f[axis], y.rank()));
  if (y.element_count() == 0) return;
  const std::size_t bytes = size_of(call.output.dtype);
  std::int64_t offset = 0;
  for (const ArrayView& x : call.inputs) {
    const std::int64_t run = x.shape.element_count() / around.outer;
    const std::int64_t shape[] = {around.outer, run}, strides[] = {around.n * around.inner, 1};
    put_strided(x.data, at_element(call.result, offset, bytes), bytes, shape, strides);
    offset += run;
  }
}

void take_part(const KernelCall& call) {
  const Shape &dy = call.inputs[0].shape, &x = call.output.shape;
  if (x.element_count() == 0) return;
  const std::int64_t along = chosen_axis(call.f, call.f[axis], x.rank());
  std::int64_t before = 0;
  for (const ArrayView& other : call.inputs.subspan(1, static_cast<std::size_t>(call.f[part])))
    before += other.shape[along];
  const AroundAxis around(dy, along);
  const std::int64_t shape[] = {around.outer, x[along] * around.inner},
                     strides[] = {around.n * around.inner, 1};
  const std::size_t bytes = size_of(call.output.dtype);
  copy_strided(at_element(call.inputs[0].data, before * around.inner, bytes), call.result, bytes,
               shape, strides);
}

template <class List>
Tensor add_joined(const Op& op, const List& operands, std::span<const Attribute> attributes) {
  std::vector<const Operand*> addresses;
  for (const Operand& o : operands) addresses.push_back(&o);
  return add_node(op, addresses, attributes);
}

// Where each operand ends along the axis. All of them are asked for in turn, each for its own part.
const Integers& ends_of(const Call& f, std::span<const Tensor> xs, std::int64_t along) {
  auto& [node, ends] = f.y().state().recent_ends;
  if (node == f.y().id()) return ends;
  node = no_node;
  ends.clear();
  for (std::int64_t end = 0; const Tensor& x : xs)
    ends.push_back(end = sum_or_any(f, end, x.shape()[along]));
  node = f.y().id();
  return ends;
}

Tensor gradient_of_concat(const Call& f, std::span<const Tensor> v) {
  const std::span<const Tensor> xs = v.subspan(1);
  const std::int64_t along = chosen_axis(f, f[axis], xs[0].rank());
  const Integers& ends = ends_of(f, xs, along);
  const std::size_t k = f.operand();
  if (ends[k] != any_size) return slice_axis(v[0], along, {k == 0 ? 0 : ends[k - 1], ends[k]});
  return concat_grad(v[0], {xs.begin(), xs.end()}, static_cast<std::int64_t>(f.operand()), along);
}

// The axis and its size, which must be known. What is refused names the function that was called.
struct KnownAxis {
  std::int64_t number, size;
};
KnownAxis known_axis(std::string_view function, const Operand& x, std::int64_t wanted) {
  const auto refuse = [&](const std::string& text) {
    throw ShapeError(at_line(fmt::format("{}: {}", function, text), x.where()));
  };
  if (x.is_number()) refuse("a number has no axis");
  const Shape& shape = x.tensor().shape();
  const std::int64_t rank = shape.rank(), along = wanted < 0 ? wanted + rank : wanted;
  if (along < 0 || along >= rank)
    refuse(fmt::format("axis {} is out of range for {}", wanted, to_text(shape)));
  if (shape[along] == any_size)
    refuse(fmt::format("the size of axis {} of {} is not known before the run", along,
                       to_text(shape)));
  return {along, shape[along]};
}

// Each part is a node with its own attributes, and a tensor that is handed back.
void check_count(std::string_view function, std::int64_t parts, const Operand& x) {
  constexpr std::int64_t most = 1 << 20;
  if (parts > most)
    throw GraphError(at_line(
        fmt::format("{}: {} parts, at most {} are possible", function, parts, most), x.where()));
}

std::vector<Tensor> parts_of(const Operand& x, std::int64_t along, const Integers& sizes) {
  const At at(x);
  std::vector<Tensor> parts;
  std::int64_t from = 0;
  for (std::int64_t size : sizes) {
    parts.push_back(slice_axis(x, along, {from, from + size}));
    from += size;
  }
  return parts;
}

}  // namespace

// y = operands, one after the other;  dx_k = the part of dy in the place of x_k
extern constexpr Op concat_op{
    .name = "concat",
    .doc = "The operands one after the other along an axis; they are equal in the other axes.",
    .attributes = {&axis},
    .shape = [](const Call& f, std::span<const Shape> shapes) { return joined(f, shapes); },
    .dtype = same_dtype,
    .kernel = GeneralKernel{join},
    .gradient = {[](const Call& f, std::span<const Tensor> v) { return gradient_of_concat(f, v); }},
    .gradient_text = {"dx = the part of dy in the place of x"},
    .examples = {{[](Graph& g) {
                    return concat({g.constant({{1, 2}, {3, 4}}), g.constant({{5}, {6}})}, 1);
                  },
                  "[[1, 2, 5], [3, 4, 6]]"}},
};

// dx = the part of dy in the place of the operand;  ddy = ddx in that place, zeros elsewhere
extern constexpr Op concat_grad_op{
    .name = "concat_grad",
    .doc =
        "The part of dy, the first operand, in the place that operand number `part` has in the "
        "concat of the others.",
    .attributes = {&axis, &part},
    .latex = R"(\operatorname{concat}^\top)",
    .shape = [](const Call& f, std::span<const Shape> shapes) -> Shape {
      const std::span<const Shape> xs = shapes.subspan(1);
      if (f[part] < 0 || f[part] >= std::ssize(xs))
        f.fail_argument(fmt::format("there is no part {} of {}", f[part], xs.size()));
      const Shape whole = joined(f, xs);
      if (!may_equal(shapes[0], whole))
        f.fail(fmt::format("the operands make {}, dy is {}", to_text(whole), to_text(shapes[0])));
      return xs[static_cast<std::size_t>(f[part])];
    },
    .dtype = same_dtype,
    .shape_operands = ~std::uint32_t{1},
    .kernel = GeneralKernel{take_part},
    .gradient = {[](const Call& f, std::span<const Tensor> v) {
      if (f.operand() != 0) return zeros_like(v[f.operand() + 1]);
      std::vector<Operand> parts;
      for (std::size_t k = 0; k + 2 < v.size(); ++k)
        parts.emplace_back(static_cast<std::int64_t>(k) == f[part] ? v[0] : zeros_like(v[k + 2]));
      return concat(parts, f[axis]);
    }},
    .gradient_text = {"dx = dy in the place of the part, zeros elsewhere; 0 for other operands"},
    .examples =
        {{[](Graph& g) {
            return concat_grad(g.constant({1, 2, 3}), {g.constant({0}), g.constant({0, 0})}, 1);
          },
          "[2, 3]"}},
};

// y[k] = x_k;  dx_k = dy[k]
extern constexpr Op stack_op{
    .name = "stack",
    .doc = "Operands of one shape, joined along a new axis.",
    .attributes = {&axis},
    .shape = [](const Call& f, std::span<const Shape> shapes) { return stacked(f, shapes); },
    .dtype = same_dtype,
    .kernel = GeneralKernel{join},
    .gradient = {[](const Call& f, std::span<const Tensor> v) {
      const auto k = static_cast<std::int64_t>(f.operand());
      const std::int64_t along = chosen_axis(f, f[axis], v[0].rank());
      const Tensor slab = slice_axis(v[0], along, {k, k + 1});
      return squeeze(slab, along);
    }},
    .gradient_text = {"dx = the part of dy in the place of x"},
    .examples = {{[](Graph& g) {
                    return stack({g.constant({1, 2}), g.constant({3, 4})});
                  },
                  "[[1, 2], [3, 4]]"},
                 {[](Graph& g) {
                    return stack({g.constant({1, 2}), g.constant({3, 4})}, -1);
                  },
                  "[[1, 3], [2, 4]]"}},
};

extern constexpr Composite unstack_composite{
    .name = "unstack",
    .doc = "The parts of x along an axis of known size, without that axis.",
    .formula = "y_k = x[k]",
    .latex = "y_k = x_k",
    .examples = {{[](Operand x) { return unstack(x, 1)[0]; }, {{1, 2}, {3, 4}}, "[1, 3]"}},
};

extern constexpr Composite split_composite{
    .name = "split",
    .doc = "Equal parts of x, or parts of given sizes, along an axis of known size.",
    .formula = "concat(y) = x",
    .latex = R"(\operatorname{concat}(y) = x)",
    .examples = {{[](Operand x) { return split(x, 2)[1]; }, {1, 2, 3, 4}, "[3, 4]"},
                 {[](Graph& g) {
                    return split(g.constant({1, 2, 3, 4}), {1, 3})[1];
                  },
                  "[2, 3, 4]"}},
};

Tensor concat(const std::vector<Operand>& operands, std::int64_t along) {
  const Attribute attribute = axis = along;
  return add_joined(concat_op, operands, {&attribute, 1});
}
Tensor stack(const std::vector<Operand>& operands, std::int64_t along) {
  const Attribute attribute = axis = along;
  return add_joined(stack_op, operands, {&attribute, 1});
}

std::vector<Tensor> unstack(Operand x, std::int64_t along) {
  const KnownAxis known = known_axis("unstack", x, along);
  check_count("unstack", known.size, x);
  std::vector<Tensor> parts =
      parts_of(x, known.number, Integers(static_cast<std::size_t>(known.size), 1));
  const At at(x);
  for (Tensor& one : parts) one = squeeze(one, known.number);
  return parts;
}

std::vector<Tensor> split(Operand x, std::int64_t parts, std::int64_t along) {
  const KnownAxis known = known_axis("split", x, along);
  if (parts < 1 || known.size % parts != 0)
    throw ShapeError(at_line(fmt::format("split: axis {} of {} has no {} equal parts", known.number,
                                         to_text(x.tensor().shape()), parts),
                             x.where()));
  check_count("split", parts, x);
  return parts_of(x, known.number, Integers(static_cast<std::size_t>(parts), known.size / parts));
}
std::vector<Tensor> split(Operand x, const Integers& sizes, std::int64_t along) {
  const KnownAxis known = known_axis("split", x, along);
  std::int64_t rest = known.size;
  for (std::int64_t size : sizes) rest = size < 0 || size > rest ? -1 : rest - size;
  if (rest != 0)
    throw ShapeError(
        at_line(fmt::format("split: sizes [{}] do not add up to axis {} of {}",
                            fmt::join(sizes, ", "), known.number, to_text(x.tensor().shape())),
                x.where()));
  return parts_of(x, known.number, sizes);
}

Tensor concat_grad(Operand dy, const std::vector<Operand>& operands, std::int64_t number,
                   std::int64_t along) {
  std::vector<Operand> all{std::move(dy)};
  all.insert(all.end(), operands.begin(), operands.end());
  const std::array<Attribute, 2> attributes{axis = along, part = number};
  return add_joined(concat_grad_op, all, attributes);
}

}  // namespace gradus
