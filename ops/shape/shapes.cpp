#include <gradus/shapes.h>

#include <algorithm>
#include <array>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/at.h>
#include <gradus/broadcast.h>
#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/reductions.h>
#include <gradus/state.h>

#include "core/check_number.h"
#include "kernels/arrays/permute.h"
#include "ops/kernels/strides.h"
#include "ops/record/composite.h"

namespace gradus {
namespace {

using attributes::alpha;
using attributes::axes;
using attributes::keepdims;
using attributes::permutation;
using attributes::shape;

// The dimensions with `any_size` left out, multiplied, and how many are left out.
struct Extent {
  std::int64_t known = 1, unknown = 0;
  explicit Extent(const Shape& s) {
    for (std::int64_t size : s) {
      if (size == any_size)
        ++unknown;
      else
        known *= size;
    }
  }
};

Shape reshaped(const Call& f, const Shape& x, const Shape& wanted) {
  const Extent from(x), to(wanted);
  const auto refuse = [&](std::string_view why) {
    f.fail(fmt::format("{} cannot become {}: {}", to_text(x), to_text(wanted), why));
  };
  if (to.unknown > 1) refuse("two dimensions are -1");
  if (to.unknown == 1 && to.known == 0) refuse("-1 beside a 0 can be anything");
  if (from.unknown > 0) return wanted;
  if (to.unknown == 0) {
    if (from.known != to.known) refuse(fmt::format("{} and {} elements", from.known, to.known));
    return wanted;
  }
  if (from.known % to.known != 0)
    refuse(fmt::format("{} elements are no multiple of {}", from.known, to.known));
  std::vector<std::int64_t> y = wanted.to_vector();
  *std::ranges::find(y, any_size) = from.known / to.known;
  return y;
}

void permute(const KernelCall& call) {
  const Strides of_x = strides_of(call.inputs[0].shape);
  Strides of_y{};
  const auto& order = call.f[permutation];
  for (std::size_t i = 0; i < order.size(); ++i) of_y[i] = of_x[static_cast<std::size_t>(order[i])];
  copy_strided(call.inputs[0].data, call.result, size_of(call.output.dtype),
               sizes(call.output.shape), first(of_y, call.output.shape.rank()));
}

// x, whose reduced axes are gone or 1, is read with stride 0 along them.
void expand(const KernelCall& call) {
  const Shape& y = call.output.shape;
  const AxisSet reduced = chosen_axes(call.f, call.f[axes], y.rank());
  Strides strides{};
  std::int64_t stride = 1;
  for (std::int64_t i = y.rank(); i-- > 0;) {
    const auto at = static_cast<std::size_t>(i);
    strides[at] = reduced[at] ? 0 : stride;
    if (!reduced[at]) stride *= y[i];
  }
  copy_strided(call.inputs[0].data, call.result, size_of(call.output.dtype), sizes(y),
               first(strides, y.rank()));
}

void fill(const KernelCall& call, double value) {
  visit(call.output.dtype, [&]<class T>(T) {
    std::fill_n(static_cast<T*>(call.result), call.output.shape.element_count(),
                static_cast<T>(value));
  });
}

constexpr auto shape_of_model = [](std::span<const Shape> shapes) { return shapes.back(); };

}  // namespace

// y = x in another shape;  dx = dy in the shape of x
extern constexpr Op reshape_op{
    .name = "reshape",
    .doc = "The same elements in another shape; one dimension may be -1 and follows from the rest.",
    .operands = {"x"},
    .attributes = {&shape},
    .latex = {R"(\operatorname{reshape} {x})", Precedence::prefix},
    .shape = [](const Call& f, Shape x) { return reshaped(f, x, f[shape]); },
    .dtype = first_dtype,
    .kernel = IsView{},
    .gradient = {[](Tensor dy, Tensor x) { return reshape_like(dy, x); }},
    .gradient_text = {"dx = dy in the shape of x"},
    .examples = {{[](Graph& g) {
                    return reshape(g.constant({1, 2, 3, 4}), {2, -1});
                  },
                  "[[1, 2], [3, 4]]"}},
};

// y = x in the shape of model;  dx = dy in the shape of x
extern constexpr Op reshape_like_op{
    .name = "reshape_like",
    .doc = "The same elements in the shape of model.",
    .operands = {"x", "model"},
    .latex = {R"(\operatorname{reshape} {x})", Precedence::prefix},
    .shape = [](const Call& f, Shape x, Shape model) -> Shape {
      if (x.is_known() && model.is_known()) return reshaped(f, x, model);
      return model;
    },
    .dtype = first_dtype,
    .shape_operands = 0b10,
    .kernel = IsView{},
    .gradient = {[](Tensor dy, Tensor x, Tensor) { return reshape_like(dy, x); }, {}},
    .gradient_text = {"dx = dy in the shape of x", ""},
    .examples = {{reshape_like, {1, 2}, {{0}, {0}}, "[[1], [2]]"}},
};

// y = x with its axes in the order of permutation;  dx = dy in the inverse order
extern constexpr Op transpose_op{
    .name = "transpose",
    .doc = "Axes in another order: y's axis i is x's axis permutation[i]; reversed by default.",
    .operands = {"x"},
    .attributes = {&permutation},
    .text = {"{x}^T", Precedence::power},
    .latex = {R"({x}^\top)", Precedence::power},
    .shape = [](const Call& f, Shape x) -> Shape {
      const auto& order = f[permutation];
      std::vector<std::int64_t> y, sorted = order;
      std::ranges::sort(sorted);
      bool is_permutation = std::ssize(order) == x.rank();
      for (std::size_t i = 0; i < sorted.size(); ++i)
        is_permutation = is_permutation && sorted[i] == static_cast<std::int64_t>(i);
      if (!is_permutation)
        f.fail(fmt::format("[{}] is no permutation of the axes of {}", fmt::join(order, ", "),
                           to_text(x)));
      for (std::int64_t axis : order) y.push_back(x[axis]);
      return y;
    },
    .dtype = first_dtype,
    .kernel = GeneralKernel{permute},
    .gradient = {[](const Call& f, Tensor dy, Tensor) {
      const auto& order = f[permutation];
      std::vector<std::int64_t> inverse(order.size());
      for (std::size_t i = 0; i < order.size(); ++i)
        inverse[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
      return transpose(dy, inverse);
    }},
    .gradient_text = {"dx = dy^T"},
    .examples = {{[](Operand x) { return transpose(x); },
                  {{1, 2, 3}, {4, 5, 6}},
                  "[[1, 4], [2, 5], [3, 6]]"}},
};

// y = x repeated along axes that were reduced from the shape of model;  dx = dy summed over them
extern constexpr Op expand_like_op{
    .name = "expand_like",
    .doc =
        "x repeated along the axes that a reduction of model took away: its gradient's way back.",
    .operands = {"x", "model"},
    .attributes = {&axes, &keepdims},
    .latex = {R"(\operatorname{expand} {x})", Precedence::prefix},
    .shape = [](const Call& f, Shape x, Shape model) -> Shape {
      const Shape reduced = reduced_shape(f, model, f[axes], f[keepdims]);
      if (!may_equal(reduced, x))
        f.fail(fmt::format("{} is not {} reduced over axes {}", to_text(x), to_text(model),
                           to_text(f[axes])));
      return model;
    },
    .dtype = first_dtype,
    .shape_operands = 0b10,
    .kernel = GeneralKernel{expand},
    .gradient = {[](const Call& f, Tensor dy, Tensor, Tensor) {
                   return reduce_sum(dy, f[axes], f[keepdims]);
                 },
                 {}},
    .gradient_text = {"dx = dy summed over axes", ""},
    .examples = {{[](Operand x, Operand model) { return expand_like(x, model, 1, false); },
                  {1, 2},
                  {{0, 0}, {0, 0}},
                  "[[1, 1], [2, 2]]"}},
};

// y = size of a / size of b
extern constexpr Op count_ratio_op{
    .name = "count_ratio",
    .doc = "Number of elements of a divided by that of b, a scalar: 1/n in the gradient of a mean.",
    .operands = {"a", "b"},
    .text = {"count({a}) / count({b})", Precedence::product},
    .latex = {R"(\frac{|{a}|}{|{b}|})", Precedence::power},
    .shape = [](Shape, Shape) -> Shape { return {}; },
    .shape_operands = 0b11,
    .kernel = GeneralKernel{[](const KernelCall& call) {
      fill(call, static_cast<double>(call.inputs[0].shape.element_count()) /
                     static_cast<double>(call.inputs[1].shape.element_count()));
    }},
    .gradient = {{}, {}},
    .gradient_text = {"", ""},
    .examples = {{count_ratio, 1, {1, 2, 3, 4}, "0.25"}},
};

// y = the same value everywhere
extern constexpr Op full_like_op{
    .name = "full_like",
    .doc = "An array of the shape and dtype of model whose elements are all one value.",
    .operands = {"model"},
    .attributes = {&alpha},
    .text = "full_like({model}, {alpha})",
    .latex = R"(\operatorname{full}({model}))",
    .shape = shape_of_model,
    .dtype = [](const Call& f, DType model) -> DType {
      if (!Number(f[alpha]).fits(model))
        f.fail_dtype(fmt::format("{} is no {}", f[alpha], to_text(model)));
      return model;
    },
    .shape_operands = 0b1,
    .kernel = GeneralKernel{[](const KernelCall& call) { fill(call, call.f[alpha]); }},
    .gradient = {{}},
    .gradient_text = {""},
    .examples = {{[](Operand model) { return full_like(model, 7); },
                  {{5, 5}, {5, 5}},
                  "[[7, 7], [7, 7]]"},
                 {[](Graph& g) {
                    return full_like(g.constant({0, 1}, boolean), 1);
                  },
                  "[true, true]"}},
};

extern constexpr Composite zeros_like_composite{
    .name = "zeros_like",
    .doc = "An array of the shape and dtype of model whose elements are all 0.",
    .formula = "y[i] = 0",
    .latex = "y_i = 0",
    .examples = {{zeros_like, {{5, 5}, {5, 5}}, "[[0, 0], [0, 0]]"}},
};
extern constexpr Composite ones_like_composite{
    .name = "ones_like",
    .doc = "An array of the shape and dtype of model whose elements are all 1.",
    .formula = "y[i] = 1",
    .latex = "y_i = 1",
    .examples = {{ones_like, {5, 5}, "[1, 1]"}},
};

extern constexpr Composite full_with_batch_of_composite{
    .name = "full_with_batch_of",
    .doc =
        "An array [batch, shape...] whose elements are all one value, batch being the size of "
        "model's axis 0, which only the run may know.",
    .formula = "y[i] = value",
    .latex = "y_i = c",
    .examples = {{[](Operand model) { return full_with_batch_of(model, {3}, 7); },
                  {{5, 5}, {5, 5}},
                  "[[7, 7, 7], [7, 7, 7]]"}},
};
extern constexpr Composite zeros_with_batch_of_composite{
    .name = "zeros_with_batch_of",
    .doc =
        "An array [batch, shape...] whose elements are all 0, batch being the size of model's axis "
        "0, which only the run may know.",
    .formula = "y[i] = 0",
    .latex = "y_i = 0",
    .examples = {{[](Operand model) { return zeros_with_batch_of(model, {3}); },
                  {{5, 5}, {5, 5}},
                  "[[0, 0, 0], [0, 0, 0]]"}},
};

Tensor reshape(Operand x, const Shape& wanted) {
  return add_node(reshape_op, {&x}, {shape = wanted});
}
Tensor transpose(Operand x, std::vector<std::int64_t> order) {
  if (order.empty() && !x.is_number() && x.tensor()) {
    order.resize(static_cast<std::size_t>(x.tensor().rank()));
    std::iota(order.rbegin(), order.rend(), std::int64_t{0});
  }
  return add_node(transpose_op, {&x}, {permutation = std::move(order)});
}
Tensor reshape_like(Operand x, Operand model) { return add_node(reshape_like_op, {&x, &model}); }
Tensor expand_like(Operand x, Operand model, Axes along, bool keep) {
  return add_node(expand_like_op, {&x, &model}, {axes = along, keepdims = keep});
}
Tensor count_ratio(Operand a, Operand b) { return add_node(count_ratio_op, {&a, &b}); }
Tensor full_like(Operand model, double value) {
  return add_node(full_like_op, {&model}, {alpha = value});
}
Tensor zeros_like(Operand model) { return full_like(model, 0); }
Tensor ones_like(Operand model) { return full_like(model, 1); }

// All nodes but the last are read for their shape alone: no run computes them.
Tensor full_with_batch_of(Operand model, const Shape& wanted, double value,
                          std::optional<DType> dtype) {
  check_tensor("full_with_batch_of", "model", model);
  const At here(model);
  const Shape& of_model = model.tensor().shape();
  if (of_model.rank() == 0)
    throw ShapeError(
        at_line(fmt::format("full_with_batch_of: \"{}\" [] has no batch", model.tensor().name()),
                model.where()));
  if (!wanted.is_known())
    throw ShapeError(
        at_line("full_with_batch_of: a size is unknown: " + to_text(wanted), model.where()));
  const DType made = dtype.value_or(model.tensor().dtype());
  check_fits("full_with_batch_of", value, made, model.where());
  std::vector<std::int64_t> rest(static_cast<std::size_t>(of_model.rank() - 1));
  std::iota(rest.begin(), rest.end(), std::int64_t{1});
  std::vector<std::int64_t> column(static_cast<std::size_t>(wanted.rank() + 1), 1);
  std::vector<std::int64_t> whole{any_size};
  column[0] = any_size;
  whole.insert(whole.end(), wanted.begin(), wanted.end());
  const Shape y_shape(whole, model.where());

  Tensor y = model.tensor();
  if (y.dtype() == boolean) y = cast(y, float32);  // there are no sums of truth values
  if (!rest.empty()) y = reduce_sum(y, rest);
  y = broadcast_to(reshape(y, Shape(column, model.where())), y_shape);
  if (y.dtype() != made) y = cast(y, made);
  return full_like(y, value);
}
Tensor zeros_with_batch_of(Operand model, const Shape& wanted, std::optional<DType> dtype) {
  return full_with_batch_of(model, wanted, 0, dtype);
}

}  // namespace gradus
