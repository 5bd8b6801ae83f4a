#include <gradus/reductions.h>

#include <vector>

#include <fmt/format.h>

#include <gradus/arithmetic.h>
#include <gradus/comparison.h>
#include <gradus/cumulative.h>
#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/shapes.h>
#include <gradus/state.h>

#include "ops/kernels/reduce.h"
#include "ops/kernels/strides.h"

namespace gradus {
namespace {

using attributes::axes;
using attributes::axis;
using attributes::keepdims;

constexpr ReductionKernel smallest_kernel = reduction<DTypes::numbers>(
    [](auto like) { return highest(like); }, [](auto a, auto b) { return minimum(a, b); });
constexpr ReductionKernel matmul_kernel = reduction<DTypes::numbers>(
    [](auto like) { return decltype(like)(1); }, [](auto a, auto b) { return a * b; });
constexpr ReductionKernel any_kernel = reduction<DTypes::booleans>(
    [](auto like) { return decltype(like)(false); }, [](auto a, auto b) { return a | b; });
constexpr ReductionKernel all_kernel = reduction<DTypes::booleans>(
    [](auto like) { return decltype(like)(true); }, [](auto a, auto b) { return a & b; });

constexpr auto without_axes = [](const Call& f, Shape x) {
  return reduced_shape(f, x, f[axes], f[keepdims]);
};

Shape without_full(const Call& f, const Shape& x, const Axes& along, bool keep,
                   std::string_view which) {
  const AxisSet gone = chosen_axes(f, along, x.rank());
  for (std::int64_t i = 0; i < x.rank(); ++i)
    if (gone[static_cast<std::size_t>(i)] && x[i] == 0)
      f.fail(fmt::format("there is no {} element along an axis of size 0: {}", which, to_text(x)));
  return reduced_shape(f, x, along, keep);
}
constexpr auto index_of_number = [](const Call& f, std::span<const DType> dtypes) {
  rules::same_number(f, dtypes);
  return int64;
};

// The gradient of an extreme: k elements that are it share dy.
constexpr auto share_among_equals = [](const Call& f, Tensor dy, Tensor x) {
  const Tensor is_extreme = cast(equal(x, expand_like(f.y(), x, f[axes], f[keepdims])), x.dtype());
  const Tensor count = reduce_sum(is_extreme, f[axes], f[keepdims]);
  return is_extreme * expand_like(dy / count, x, f[axes], f[keepdims]);
};

// One axis after the other: dy times the product of the elements before and that of those after.
Tensor gradient_of_product(const Call& f, Tensor dy, Tensor x) {
  const AxisSet gone = chosen_axes(f, f[axes], x.rank());
  std::vector<Tensor> partial{x};
  std::vector<std::int64_t> along;
  for (std::int64_t i = 0; i < x.rank(); ++i)
    if (gone[static_cast<std::size_t>(i)]) {
      along.push_back(i);
      partial.push_back(reduce_prod(partial.back(), i, true));
    }
  Tensor dx = f[keepdims] ? dy : reshape_like(dy, partial.back());
  for (std::size_t k = along.size(); k-- > 0;) {
    const Tensor before = cumprod(partial[k], along[k], {.exclusive = true});
    const Tensor after = cumprod(partial[k], along[k], {.exclusive = true, .reverse = true});
    const Tensor others = before * after;
    dx = expand_like(dx, partial[k], along[k], true) * others;
  }
  return dx;
}

AxisSet axes_of(const KernelCall& call) {
  return chosen_axes(call.f, call.f[axes], call.inputs[0].shape.rank());
}
std::size_t reduction_bytes(const KernelCall& call) {
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
  visit_float(call.output.dtype, [&]<class T>(T) {
    T* y = static_cast<T*>(call.result);
    for (std::int64_t i = 0; i < size; ++i) y[i] /= static_cast<T>(n);
  });
}

Tensor over(const Op& op, const Operand& x, const Axes& along, bool keep) {
  return add_node(op, {&x}, {axes = along, keepdims = keep});
}

template <ArgReduce (*reduce_of)(DType)>
void find(const KernelCall& call) {
  const ArrayView& x = call.inputs[0];
  const AroundAxis around(x.shape, chosen_axis(call.f, call.f[axis], x.shape.rank()));
  reduce_of(x.dtype)(x.data, static_cast<std::int64_t*>(call.result), around.outer, around.n,
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
    .latex = {R"(\sum {x})", Precedence::prefix},
    .shape = without_axes,
    .dtype = same_number,
    .kernel = GeneralKernel{reduce<sum_kernel>, reduction_bytes},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) {
      return expand_like(dy, x, f[axes], f[keepdims]);
    }},
    .gradient_text = {"dx = dy; repeated along axes"},
    .examples = {{[](Operand x) { return reduce_sum(x); }, {{1, 2}, {3, 4}}, "10"},
                 {[](Operand x) { return reduce_sum(x, 1); }, {{1, 2}, {3, 4}}, "[3, 7]"},
                 {[](Operand x) { return reduce_sum(x, {-2}, true); },
                  {{1, 2}, {3, 4}},
                  "[[4, 6]]"}},
};

// y = sum of x^2 over axes;  dy/dx = 2 x
extern constexpr Op reduce_sum_square_op{
    .name = "reduce_sum_square",
    .doc = "Sum of squares over axes, all by default: the sum of square(x) in one sweep.",
    .operands = {"x"},
    .attributes = {&axes, &keepdims},
    .text = "sum({x}^2)",
    .latex = {R"(\sum {x}^2)", Precedence::prefix, Precedence::call},
    .shape = without_axes,
    .dtype = same_number,
    .kernel = GeneralKernel{reduce<sum_of_squares_kernel>, reduction_bytes},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) {
      const Tensor slope = 2 * x;
      return expand_like(dy, x, f[axes], f[keepdims]) * slope;
    }},
    .gradient_text = {"dx = 2 x dy; repeated along axes"},
    .examples = {{[](Operand x) { return reduce_sum_square(x); }, {{1, 2}, {3, 4}}, "30"},
                 {[](Operand x) { return reduce_sum_square(x, 1); }, {{1, 2}, {3, 4}}, "[5, 25]"}},
};

// y = (1/n) sum of x over axes, n elements each;  dy/dx = 1/n
extern constexpr Op reduce_mean_op{
    .name = "reduce_mean",
    .doc = "Mean over axes, all by default; keepdims leaves each as 1. The mean of nothing is NaN.",
    .operands = {"x"},
    .attributes = {&axes, &keepdims},
    .text = "mean({x})",
    .latex = {R"(\operatorname{mean} {x})", Precedence::prefix},
    .shape = without_axes,
    .kernel = GeneralKernel{reduce_to_mean, reduction_bytes},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) {
      return expand_like(dy * count_ratio(f.y(), x), x, f[axes], f[keepdims]);
    }},
    .gradient_text = {"dx = dy / n; repeated along axes"},
    .examples = {{[](Operand x) { return reduce_mean(x); }, {{1, 2}, {3, 4}}, "2.5"},
                 {[](Operand x) { return reduce_mean(x, 0); }, {{1, 2}, {3, 4}}, "[2, 3]"}},
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
    .latex = {R"(\max {x})", Precedence::prefix},
    .shape = [](const Call& f,
                Shape x) { return without_full(f, x, f[axes], f[keepdims], "largest"); },
    .dtype = same_number,
    .kernel = GeneralKernel{reduce<largest_kernel>, reduction_bytes},
    .gradient = {share_among_equals},
    .gradient_text = {"dx = dy / k where x is one of k largest, 0 elsewhere"},
    .examples = {{[](Operand x) { return reduce_max(x, -1); }, {{1, 5}, {3, 4}}, "[5, 4]"}},
};

// y = smallest x along axes, k of them equal;  dy/dx = 1/k at each of these, 0 elsewhere
extern constexpr Op reduce_min_op{
    .name = "reduce_min",
    .doc =
        "Smallest element over axes, all by default; keepdims leaves each as 1. NaN if any is; "
        "equal smallest elements share the gradient.",
    .operands = {"x"},
    .attributes = {&axes, &keepdims},
    .text = "min({x})",
    .latex = {R"(\min {x})", Precedence::prefix},
    .shape = [](const Call& f,
                Shape x) { return without_full(f, x, f[axes], f[keepdims], "smallest"); },
    .dtype = same_number,
    .kernel = GeneralKernel{reduce<smallest_kernel>, reduction_bytes},
    .gradient = {share_among_equals},
    .gradient_text = {"dx = dy / k where x is one of k smallest, 0 elsewhere"},
    .examples = {{[](Operand x) { return reduce_min(x, -1); }, {{1, 5}, {3, 4}}, "[1, 3]"}},
};

// y = product of x over axes;  dy/dx = product of the others
extern constexpr Op reduce_prod_op{
    .name = "reduce_prod",
    .doc =
        "Product over axes, all by default; keepdims leaves each as 1. The product of nothing is "
        "1. The gradient is right beside zeros, too.",
    .operands = {"x"},
    .attributes = {&axes, &keepdims},
    .text = "prod({x})",
    .latex = {R"(\prod {x})", Precedence::prefix},
    .shape = without_axes,
    .dtype = same_number,
    .kernel = GeneralKernel{reduce<matmul_kernel>, reduction_bytes},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) { return gradient_of_product(f, dy, x); }},
    .gradient_text = {"dx = dy times the product of the other elements"},
    .examples = {{[](Operand x) { return reduce_prod(x, 0); }, {{1, 2}, {3, 4}}, "[3, 8]"}},
};

extern constexpr Op reduce_any_op{
    .name = "reduce_any",
    .doc = "Whether any element over axes holds, all axes by default; false of nothing.",
    .operands = {"x"},
    .attributes = {&axes, &keepdims},
    .text = "any({x})",
    .latex = {R"(\bigvee {x})", Precedence::prefix},
    .shape = without_axes,
    .dtype = all_bool,
    .kernel = GeneralKernel{reduce<any_kernel>, reduction_bytes},
    .examples = {{[](Graph& g) {
                    return reduce_any(g.constant({{0, 0}, {0, 1}}, boolean), 1);
                  },
                  "[false, true]"}},
};

extern constexpr Op reduce_all_op{
    .name = "reduce_all",
    .doc = "Whether all elements over axes hold, all axes by default; true of nothing.",
    .operands = {"x"},
    .attributes = {&axes, &keepdims},
    .text = "all({x})",
    .latex = {R"(\bigwedge {x})", Precedence::prefix},
    .shape = without_axes,
    .dtype = all_bool,
    .kernel = GeneralKernel{reduce<all_kernel>, reduction_bytes},
    .examples = {{[](Graph& g) {
                    return reduce_all(g.constant({{1, 1}, {0, 1}}, boolean), 1);
                  },
                  "[true, false]"}},
};

// y = index of the largest x along the axis
extern constexpr Op argmax_op{
    .name = "argmax",
    .doc = "Index (int64) of the first largest element along an axis; NaN counts as the largest.",
    .operands = {"x"},
    .attributes = {&axis},
    .latex = {R"(\operatorname{argmax} {x})", Precedence::prefix},
    .shape = [](const Call& f, Shape x) { return without_full(f, x, f[axis], false, "largest"); },
    .dtype = index_of_number,
    .kernel = GeneralKernel{find<argmax_reduce>},
    .examples = {{[](Operand x) { return argmax(x, 1); }, {{1, 5}, {3, 3}}, "[1, 0]"}},
};

// y = index of the smallest x along the axis
extern constexpr Op argmin_op{
    .name = "argmin",
    .doc = "Index (int64) of the first smallest element along an axis; NaN counts as the smallest.",
    .operands = {"x"},
    .attributes = {&axis},
    .latex = {R"(\operatorname{argmin} {x})", Precedence::prefix},
    .shape = [](const Call& f, Shape x) { return without_full(f, x, f[axis], false, "smallest"); },
    .dtype = index_of_number,
    .kernel = GeneralKernel{find<argmin_reduce>},
    .examples = {{[](Operand x) { return argmin(x, 1); }, {{1, 5}, {3, 3}}, "[0, 0]"}},
};

Tensor reduce_sum(Operand x, Axes along, bool keep) { return over(reduce_sum_op, x, along, keep); }
Tensor reduce_sum_square(Operand x, Axes along, bool keep) {
  return over(reduce_sum_square_op, x, along, keep);
}
Tensor reduce_mean(Operand x, Axes along, bool keep) {
  return over(reduce_mean_op, x, along, keep);
}
Tensor reduce_max(Operand x, Axes along, bool keep) { return over(reduce_max_op, x, along, keep); }
Tensor reduce_min(Operand x, Axes along, bool keep) { return over(reduce_min_op, x, along, keep); }
Tensor reduce_prod(Operand x, Axes along, bool keep) {
  return over(reduce_prod_op, x, along, keep);
}
Tensor reduce_any(Operand x, Axes along, bool keep) { return over(reduce_any_op, x, along, keep); }
Tensor reduce_all(Operand x, Axes along, bool keep) { return over(reduce_all_op, x, along, keep); }
Tensor argmax(Operand x, std::int64_t along) { return add_node(argmax_op, {&x}, {axis = along}); }
Tensor argmin(Operand x, std::int64_t along) { return add_node(argmin_op, {&x}, {axis = along}); }

}  // namespace gradus
