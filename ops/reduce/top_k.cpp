#include <gradus/top_k.h>

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/op/thread_pool.h>

namespace gradus {
namespace {

using attributes::count;

Shape top(const Call& f, const Shape& x) {
  if (x.rank() == 0) f.fail("a scalar has no elements to choose from");
  const std::int64_t n = x[x.rank() - 1];
  if (f[count] < 0) f.fail_argument(fmt::format("k must be 0 or more, got {}", f[count]));
  if (n != any_size && n < f[count])
    f.fail(fmt::format("the last axis of {} has no {} elements", to_text(x), f[count]));
  std::vector<std::int64_t> y = x.to_vector();
  y.back() = f[count];
  return y;
}

// Room for the order of each row's elements.
std::size_t order_bytes(const KernelCall& call) {
  return static_cast<std::size_t>(call.inputs.back().shape.element_count()) * sizeof(std::int64_t);
}

// f(place of a largest element of x, place in the result); x is the last input.
template <class T, class F>
void for_largest(const KernelCall& call, F f) {
  const T* const x = call.inputs.back().as<T>();
  const Shape& shape = call.inputs.back().shape;
  const std::int64_t n = shape[shape.rank() - 1], k = call.f[count];
  if (shape.element_count() == 0 || k == 0) return;
  call.threads.parallel_for(shape.element_count() / n, [&](std::int64_t row) {
    std::int64_t* const order = static_cast<std::int64_t*>(call.scratch) + row * n;
    std::iota(order, order + n, row * n);
    std::partial_sort(order, order + k, order + n, [x](std::int64_t i, std::int64_t j) {
      const bool is_nan_i = x[i] != x[i], is_nan_j = x[j] != x[j];
      if (is_nan_i || is_nan_j) return is_nan_i && (!is_nan_j || i < j);
      return x[i] > x[j] || (x[i] == x[j] && i < j);
    });
    for (std::int64_t i = 0; i < k; ++i) f(order[i], row * k + i);
  });
}

// Of the first input: x itself, or the values that stand beside it.
void pick(const KernelCall& call) {
  visit(call.output.dtype, [&]<class T>(T) {
    const T* const values = call.inputs[0].as<T>();
    T* const y = static_cast<T*>(call.result);
    for_largest<T>(call, [&](std::int64_t from, std::int64_t to) { y[to] = values[from]; });
  });
}
void put_back(const KernelCall& call) {
  visit(call.output.dtype, [&]<class T>(T) {
    const T* const dy = call.inputs[0].as<T>();
    T* const dx = static_cast<T*>(call.result);
    std::fill_n(dx, call.output.shape.element_count(), T{});
    for_largest<T>(call, [&](std::int64_t to, std::int64_t from) { dx[to] = dy[from]; });
  });
}

}  // namespace

// y = the k largest x of a row;  dx = dy where they stand
extern constexpr Op top_k_op{
    .name = "top_k",
    .doc =
        "The k largest elements along the last axis, the largest first; NaN counts as the largest, "
        "of equals the first comes first.",
    .operands = {"x"},
    .attributes = {&count},
    .text = "top_k({x}, {count})",
    .latex = {R"(\operatorname{top}_{{count}} {x})", Precedence::prefix},
    .shape = [](const Call& f, Shape x) { return top(f, x); },
    .dtype = same_number,
    .kernel = GeneralKernel{pick, order_bytes},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) { return top_k_grad(dy, x, f[count]); }},
    .gradient_text = {"dx = dy where x is among the largest, 0 elsewhere"},
    .examples = {{[](Operand x) { return top_k(x, 2); },
                  {{3, 9, 4}, {5, 1, 5}},
                  "[[9, 4], [5, 5]]"}},
};

// y = the values where x is largest;  dvalues = dy there
extern constexpr Op top_k_pick_op{
    .name = "top_k_pick",
    .doc = "The elements of values that stand where top_k finds those of x.",
    .operands = {"values", "x"},
    .attributes = {&count},
    .text = "top_k_pick({values}, {x}, {count})",
    .latex = R"({values}_{\operatorname{top}_{{count}} {x}})",
    .shape = [](const Call& f, Shape values, Shape x) -> Shape {
      const Shape y = top(f, x);
      check_fits(f, "values", values, x);
      return y;
    },
    .kernel = GeneralKernel{pick, order_bytes},
    .gradient = {[](const Call& f, Tensor dy, Tensor, Tensor x) {
                   return top_k_grad(dy, x, f[count]);
                 },
                 {}},
    .gradient_text = {"dvalues = dy where x is among the largest, 0 elsewhere", ""},
    .examples = {{[](Operand values, Operand x) { return top_k_pick(values, x, 2); },
                  {10, 20, 30},
                  {3, 9, 4},
                  "[20, 30]"}},
};

// dx = dy where x is largest;  its gradient to dy picks there
extern constexpr Op top_k_grad_op{
    .name = "top_k_grad",
    .doc = "The gradient of top_k: dy where top_k finds the elements of x, 0 elsewhere.",
    .operands = {"dy", "x"},
    .attributes = {&count},
    .text = "top_k_grad({dy}, {x}, {count})",
    .latex = {R"(\operatorname{top}_{{count}}'({x}) {dy})", Precedence::prefix},
    .shape = [](const Call& f, Shape dy, Shape x) -> Shape {
      check_fits(f, "dy", dy, top(f, x));
      return x;
    },
    .kernel = GeneralKernel{put_back, order_bytes},
    .gradient = {[](const Call& f, Tensor dx, Tensor, Tensor x) {
                   return top_k_pick(dx, x, f[count]);
                 },
                 {}},
    .gradient_text = {"ddy = dx where x is among the largest", ""},
    .examples = {{[](Operand dy, Operand x) { return top_k_grad(dy, x, 2); },
                  {1, 2},
                  {3, 9, 4},
                  "[0, 1, 2]"}},
};

Tensor top_k(Operand x, std::int64_t k) { return add_node(top_k_op, {&x}, {count = k}); }
Tensor top_k_pick(Operand values, Operand x, std::int64_t k) {
  return add_node(top_k_pick_op, {&values, &x}, {count = k});
}
Tensor top_k_grad(Operand dy, Operand x, std::int64_t k) {
  return add_node(top_k_grad_op, {&dy, &x}, {count = k});
}

}  // namespace gradus
