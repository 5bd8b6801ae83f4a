#include <gradus/reductions.h>

#include <gradus/arithmetic.h>
#include <gradus/attribute.h>
#include <gradus/comparison.h>
#include <gradus/op.h>
#include <gradus/rules.h>
#include <gradus/shapes.h>
#include <gradus/state.h>

#include "reduce.h"
#include "strides.h"

namespace gradus {
namespace {

using attributes::axes;
using attributes::axis;
using attributes::keepdims;

constexpr ReductionKernel largest = reduction<DTypes::numbers>(
    [](auto like) { return lowest(like); }, [](auto a, auto b) { return maximum(a, b); });

constexpr auto without_axes = [](const Call& f, Shape x) -> Shape {
  return reduced_shape(f, x, f[axes], f[keepdims]);
};

AxisSet axes_of(const KernelCall& call) {
  return chosen_axes(call.f, call.f[axes], call.inputs[0].shape.rank());
}
std::size_t scratch_bytes(const KernelCall& call) {
  return reduce_scratch_bytes(call, axes_of(call));
}
template <const ReductionKernel& kernel>
void reduce(const KernelCall& call) {
  reduce_over(kernel, call, axes_of(call));
}

void reduce_to_mean(const KernelCall& call) {
  reduce_over(sum_kernel, call, axes_of(call));
  const std::int64_t size = call.output.shape.element_count();
  const std::int64_t n = size == 0 ? 0 : call.inputs[0].shape.element_count() / size;
  const auto divide = [&]<class T>(T) {
    T* y = static_cast<T*>(call.result);
    for (std::int64_t i = 0; i < size; ++i) y[i] /= static_cast<T>(n);
  };
  if (call.output.dtype == float32)
    divide(float{});
  else
    divide(double{});
}

void find_largest(const KernelCall& call) {
  const ArrayView& x = call.inputs[0];
  const AroundAxis around(x.shape, chosen_axis(call.f, call.f[axis], x.shape.rank()));
  argmax_reduce(x.dtype)(x.data, static_cast<std::int64_t*>(call.result), around.outer, around.n,
                         around.inner);
}

}  // namespace

// y = sum of x over axes;  dy/dx = 1
extern constexpr Op reduce_sum_op{
    .name = "reduce_sum",
    .doc = "Sum over axes, all by default; keepdims leaves each as 1. The sum of nothing is 0.",
    .operands = {"x"},
    .attributes = {&axes, &keepdims},
    .text = "sum({x})",
    .latex = R"(\sum {x})",
    .shape = without_axes,
    .dtype = same_number,
    .kernel = GeneralKernel{reduce<sum_kernel>, scratch_bytes},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) -> Tensor {
      return expand_like(dy, x, f[axes], f[keepdims]);
    }},
    .gradient_text = {"dx = dy, repeated along axes"},
    .examples = {{[](Graph& g) {
                    return reduce_sum(g.constant({{1, 2}, {3, 4}}));
                  },
                  "10"},
                 {[](Graph& g) {
                    return reduce_sum(g.constant({{1, 2}, {3, 4}}), 1);
                  },
                  "[3, 7]"},
                 {[](Graph& g) {
                    return reduce_sum(g.constant({{1, 2}, {3, 4}}), {-2}, true);
                  },
                  "[[4, 6]]"}},
};

// y = (1/n) sum of x over axes, n elements each;  dy/dx = 1/n
extern constexpr Op reduce_mean_op{
    .name = "reduce_mean",
    .doc = "Mean over axes, all by default; keepdims leaves each as 1. The mean of nothing is NaN.",
    .operands = {"x"},
    .attributes = {&axes, &keepdims},
    .text = "mean({x})",
    .latex = R"(\operatorname{mean} {x})",
    .shape = without_axes,
    .dtype = same_float,
    .kernel = GeneralKernel{reduce_to_mean, scratch_bytes},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) -> Tensor {
      return expand_like(dy * count_ratio(f.y(), x), x, f[axes], f[keepdims]);
    }},
    .gradient_text = {"dx = dy / n, repeated along axes"},
    .examples = {{[](Graph& g) {
                    return reduce_mean(g.constant({{1, 2}, {3, 4}}));
                  },
                  "2.5"},
                 {[](Graph& g) {
                    return reduce_mean(g.constant({{1, 2}, {3, 4}}), 0);
                  },
                  "[2, 3]"}},
};

// y = largest x along axes, k of them equal;  dy/dx = 1/k at each of these, 0 elsewhere
extern constexpr Op reduce_max_op{
    .name = "reduce_max",
    .doc =
        "Largest element over axes, all by default; keepdims leaves each as 1. NaN if any is; "
        "equal largest elements share the gradient.",
    .operands = {"x"},
    .attributes = {&axes, &keepdims},
    .text = "max({x})",
    .latex = R"(\max {x})",
    .shape = [](const Call& f, Shape x) -> Shape {
      const AxisSet gone = chosen_axes(f, f[axes], x.rank());
      for (std::int64_t i = 0; i < x.rank(); ++i)
        if (gone[static_cast<std::size_t>(i)] && x[i] == 0)
          f.fail("there is no largest element along an axis of size 0: " + to_text(x));
      return reduced_shape(f, x, f[axes], f[keepdims]);
    },
    .dtype = same_number,
    .kernel = GeneralKernel{reduce<largest>, scratch_bytes},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) -> Tensor {
      const Tensor is_largest =
          cast(equal(x, expand_like(f.y(), x, f[axes], f[keepdims])), x.dtype());
      const Tensor count = reduce_sum(is_largest, f[axes], f[keepdims]);
      return is_largest * expand_like(dy / count, x, f[axes], f[keepdims]);
    }},
    .gradient_text = {"dx = dy / k where x is one of k largest, 0 elsewhere"},
    .examples = {{[](Graph& g) {
                    return reduce_max(g.constant({{1, 5}, {3, 4}}), -1);
                  },
                  "[5, 4]"}},
};

// y = index of the largest x along the axis
extern constexpr Op argmax_op{
    .name = "argmax",
    .doc = "Index (int64) of the first largest element along an axis; NaN counts as the largest.",
    .operands = {"x"},
    .attributes = {&axis},
    .text = "argmax({x})",
    .latex = R"(\operatorname{argmax} {x})",
    .shape = [](const Call& f, Shape x) -> Shape {
      const std::int64_t along = chosen_axis(f, f[axis], x.rank());
      if (x[along] == 0)
        f.fail("there is no largest element along an axis of size 0: " + to_text(x));
      return reduced_shape(f, x, along, false);
    },
    .dtype = [](const Call& f, std::span<const DType> dtypes) -> DType {
      rules::same_number(f, dtypes);
      return int64;
    },
    .kernel = GeneralKernel{find_largest},
    .examples = {{[](Graph& g) {
                    return argmax(g.constant({{1, 5}, {3, 3}}), 1);
                  },
                  "[1, 0]"}},
};

static_assert(reduce_sum_op.is_well_formed() && reduce_mean_op.is_well_formed());
static_assert(reduce_max_op.is_well_formed() && argmax_op.is_well_formed());

Tensor reduce_sum(Operand x, Axes along, bool keep) {
  return add_node(reduce_sum_op, {&x}, {axes = along, keepdims = keep});
}
Tensor reduce_mean(Operand x, Axes along, bool keep) {
  return add_node(reduce_mean_op, {&x}, {axes = along, keepdims = keep});
}
Tensor reduce_max(Operand x, Axes along, bool keep) {
  return add_node(reduce_max_op, {&x}, {axes = along, keepdims = keep});
}
Tensor argmax(Operand x, std::int64_t along) { return add_node(argmax_op, {&x}, {axis = along}); }

}  // namespace gradus
