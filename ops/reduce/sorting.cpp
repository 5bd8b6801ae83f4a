#include <gradus/sorting.h>

#include <algorithm>
#include <numeric>
#include <span>

#include <fmt/format.h>

#include <gradus/at.h>
#include <gradus/comparison.h>
#include <gradus/cumulative.h>
#include <gradus/error.h>
#include <gradus/indexing.h>
#include <gradus/logical.h>
#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/op/thread_pool.h>
#include <gradus/reductions.h>
#include <gradus/rounding.h>
#include <gradus/shapes.h>
#include <gradus/state.h>
#include <gradus/views.h>

#include "ops/kernels/strides.h"
#include "ops/record/composite.h"

namespace gradus {
namespace {

using attributes::axis;
using attributes::count;
constexpr Key<bool> descending_key{"descending"};

constexpr auto int64_of_numbers = [](const Call& f, DType x) {
  rules::same_number(f, {&x, 1});
  return int64;
};

// Room for the order of each row's elements.
std::size_t order_bytes(const KernelCall& call) {
  return static_cast<std::size_t>(call.inputs[0].shape.element_count()) * sizeof(std::int64_t);
}

// NaN is larger than all numbers.
template <class T>
bool is_larger(T a, T b) {
  const bool is_nan_a = a != a, is_nan_b = b != b;
  return is_nan_a || is_nan_b ? is_nan_a && !is_nan_b : a > b;
}

// The first k indices of each row's order along an axis.
void write_order(const KernelCall& call, std::int64_t along, std::int64_t k, bool is_descending) {
  const ArrayView& x = call.inputs[0];
  if (x.shape.element_count() == 0 || k == 0) return;
  const AroundAxis around(x.shape, along);
  const std::int64_t n = around.n, inner = around.inner;
  constexpr std::int64_t elements_per_part = 1 << 12;
  const std::int64_t per_part = std::max<std::int64_t>(elements_per_part / n, 1);
  visit(x.dtype, [&]<class T>(T) {
    call.threads.parallel_for((around.rows() + per_part - 1) / per_part, [&](std::int64_t part) {
      const std::int64_t end = std::min(around.rows(), (part + 1) * per_part);
      for (std::int64_t row = part * per_part; row < end; ++row) {
        const std::int64_t outer = row / inner, i = row % inner;
        const T* const own = x.as<T>() + outer * n * inner + i;
        const auto is_before = [&](std::int64_t a, std::int64_t b) {
          const T of_a = own[a * inner], of_b = own[b * inner];
          const bool is_above = is_larger(of_a, of_b), is_below = is_larger(of_b, of_a);
          return is_above == is_below ? a < b : is_above == is_descending;
        };
        std::int64_t* const order = static_cast<std::int64_t*>(call.scratch) + row * n;
        std::iota(order, order + n, std::int64_t{0});
        if (k == n)
          std::sort(order, order + n, is_before);
        else
          std::partial_sort(order, order + k, order + n, is_before);
        std::int64_t* const y = static_cast<std::int64_t*>(call.result) + outer * k * inner + i;
        for (std::int64_t p = 0; p < k; ++p) y[p * inner] = order[p];
      }
    });
  });
}

void order_along_axis(const KernelCall& call) {
  const Shape& x = call.inputs[0].shape;
  const std::int64_t along = chosen_axis(call.f, call.f[axis], x.rank());
  write_order(call, along, x[along], call.f[descending_key]);
}
void order_of_largest(const KernelCall& call) {
  write_order(call, call.inputs[0].shape.rank() - 1, call.f[count], true);
}

void check_label_shape(const Shape& labels, const Operand& scores) {
  const Shape& shape = scores.tensor().shape();
  if (shape.rank() == 0 || !may_equal(labels, Shape(std::span(shape.begin(), shape.end() - 1))))
    throw ShapeError(at_line(fmt::format("in_top_k: labels {} do not fit the rows of scores {}",
                                         to_text(labels), to_text(shape)),
                             scores.where()));
}

}  // namespace

// sort(x)[i] = x[y[i]]
extern constexpr Op argsort_op{
    .name = "argsort",
    .doc =
        "The int64 indices that put x in order along an axis, the smallest first, or the largest "
        "if descending; NaN counts as the largest, equals stay in their order.",
    .operands = {"x"},
    .attributes = {&axis, &descending_key},
    .shape = [](const Call& f, Shape x) -> Shape {
      chosen_axis(f, f[axis], x.rank());
      return x;
    },
    .dtype = int64_of_numbers,
    .kernel = GeneralKernel{order_along_axis, order_bytes},
    .gradient = {{}},
    .gradient_text = {""},
    .examples =
        {{[](Operand x) { return argsort(x); }, {{3, 9, 4}, {5, 1, 5}}, "[[0, 2, 1], [1, 0, 2]]"},
         {[](Operand x) { return argsort(x, 0, {.descending = true}); }, {3, 9, 4}, "[1, 2, 0]"}},
};

// top_k(x).values[i] = x[y[i]]
extern constexpr Op top_k_indices_op{
    .name = "top_k_indices",
    .doc =
        "The int64 indices of the k largest elements along the last axis, the largest first; NaN "
        "counts as the largest, of equals the first comes first.",
    .operands = {"x"},
    .attributes = {&count},
    .text = "top_k_indices({x}, {count})",
    .latex = {R"(\operatorname{argtop}_{{count}} {x})", Precedence::prefix},
    .shape = [](const Call& f, Shape x) -> Shape {
      if (x.rank() == 0) f.fail("a scalar has no elements to choose from");
      const std::int64_t n = x[x.rank() - 1];
      if (f[count] < 0) f.fail_argument(fmt::format("k must be 0 or more, got {}", f[count]));
      if (n != any_size && n < f[count])
        f.fail(fmt::format("the last axis of {} has no {} elements", to_text(x), f[count]));
      std::vector<std::int64_t> y = x.to_vector();
      y.back() = f[count];
      return y;
    },
    .dtype = int64_of_numbers,
    .kernel = GeneralKernel{order_of_largest, order_bytes},
    .gradient = {{}},
    .gradient_text = {""},
    .examples = {{[](Operand x) { return top_k_indices(x, 2); },
                  {{3, 9, 4}, {5, 1, 5}},
                  "[[1, 2], [0, 2]]"}},
};

extern constexpr Composite sort_composite{
    .name = "sort",
    .doc =
        "x in order along an axis, the smallest first, or the largest if descending; NaN counts as "
        "the largest, equals stay in their order.",
    .formula = "y = take_along_axis(x, argsort(x))",
    .latex = R"(y_i = x_{\pi(i)}, \quad y_0 \leq y_1 \leq \dots)",
    .examples = {{[](Operand x) { return sort(x); },
                  {{3, 9, 4}, {5, 1, 5}},
                  "[[3, 4, 9], [1, 5, 5]]"},
                 {[](Operand x) { return sort(x, 0, {.descending = true}); },
                  {{3, 9, 4}, {5, 1, 5}},
                  "[[5, 9, 5], [3, 1, 4]]"}},
};
extern constexpr Composite top_k_composite{
    .name = "top_k",
    .doc =
        "The k largest elements along the last axis, the largest first, and their int64 indices; "
        "NaN counts as the largest, of equals the first comes first.",
    .formula = "values = take_along_axis(x, indices), indices = top_k_indices(x, k)",
    .latex =
        R"(\mathrm{values} = (x_{i_1}, \dots, x_{i_k}), \quad x_{i_1} \geq \dots \geq x_{i_k} \geq \text{all others})",
    .examples = {{[](Operand x) { return top_k(x, 2).values; },
                  {{3, 9, 4}, {5, 1, 5}},
                  "[[9, 4], [5, 5]]"},
                 {[](Operand x) { return top_k(x, 2).indices; },
                  {{3, 9, 4}, {5, 1, 5}},
                  "[[1, 2], [0, 2]]"}},
};
extern constexpr Composite in_top_k_composite{
    .name = "in_top_k",
    .doc =
        "Whether the label's score is finite and fewer than k scores of its row are larger; false "
        "of a label out of range.",
    .formula = "y = is_finite(own) & (number of scores > own) < k, own = scores[label]",
    .latex = R"(y = (|\{j : \mathrm{scores}_j > \mathrm{scores}_{\mathrm{label}}\}| < k))",
    .examples = {{[](Graph& g) {
                    const Tensor scores = g.constant({{0.5, 0.2, 0.3}, {0.5, 0.2, 0.3}});
                    return in_top_k(g.constant({2, 1}, int64), scores, 2);
                  },
                  "[true, false]"}},
};

Tensor argsort(Operand x, std::int64_t along, SortOptions options) {
  return add_node(argsort_op, {&x}, {axis = along, descending_key = options.descending});
}
Tensor top_k_indices(Operand x, std::int64_t k) {
  return add_node(top_k_indices_op, {&x}, {count = k});
}
Tensor sort(Operand x, std::int64_t along, SortOptions options) {
  const Tensor order = argsort(x, along, options);
  return take_along_axis(x, {order, x.where()}, along);
}
TopK top_k(Operand x, std::int64_t k) {
  const Tensor indices = top_k_indices(x, k);
  return {take_along_axis(x, {indices, x.where()}, -1), indices};
}

Tensor in_top_k(Operand labels, Operand scores, std::int64_t k) {
  check_float_tensor("in_top_k", "scores", scores);
  check_integer_tensor("in_top_k", "labels", labels);
  check_label_shape(labels.tensor().shape(), scores);
  const At here(scores);
  const Tensor classes = cumsum(ones_like(cast(scores, int64)), -1, {.exclusive = true});
  const Tensor wanted = expand_like(cast(labels, int64), scores, -1, false);
  const Tensor is_label = equal(classes, wanted);
  const Tensor own = reduce_sum(where(is_label, scores, 0), -1, true);
  const Tensor larger = reduce_sum(cast(scores > own, int64), -1);
  const Tensor is_known = reduce_any(is_label & is_finite(scores), -1);
  return is_known & (larger < k);
}

}  // namespace gradus
