#include <gradus/diagonals.h>

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/records.h>
#include <gradus/op/rules.h>
#include <gradus/reductions.h>

#include "kernels/arrays/permute.h"
#include "ops/kernels/strides.h"

namespace gradus {
namespace {

using attributes::diagonal;
using Integers = std::vector<std::int64_t>;

void check_matrix(const Call& f, const Shape& x) {
  if (x.rank() < 2) f.fail("needs a matrix, got " + to_text(x));
}
Shape shape_of_diagonal(const Call& f, const Shape& x) {
  check_matrix(f, x);
  const std::int64_t m = x[x.rank() - 2], n = x[x.rank() - 1];
  Integers y(x.begin(), x.end() - 2);
  y.push_back(m == any_size || n == any_size ? any_size : std::min(m, n));
  return y;
}

// The steps of the diagonal [.., k] in the matrices [.., m, n].
Strides steps_in(const Shape& matrices) {
  Strides strides = strides_of(matrices);
  strides[static_cast<std::size_t>(matrices.rank()) - 2] = matrices[matrices.rank() - 1] + 1;
  return strides;
}

void take_diagonal(const KernelCall& call) {
  const Shape& y = call.output.shape;
  copy_strided(call.inputs[0].data, call.result, size_of(call.output.dtype), sizes(y),
               first(steps_in(call.inputs[0].shape), y.rank()));
}
void put_diagonal(const KernelCall& call) {
  const Shape &x = call.inputs[0].shape, &y = call.output.shape;
  const std::size_t bytes = size_of(call.output.dtype);
  std::memset(call.result, 0, static_cast<std::size_t>(y.element_count()) * bytes);
  put_strided(call.inputs[0].data, call.result, bytes, sizes(x), first(steps_in(y), x.rank()));
}

// Of each row, the columns before or after the diagonal number k.
template <bool is_lower>
void keep_side(const KernelCall& call) {
  const Shape& x = call.output.shape;
  if (x.element_count() == 0) return;
  const std::int64_t m = x[x.rank() - 2], n = x[x.rank() - 1];
  // Beyond -m and n all diagonals keep the same.
  const std::int64_t k = std::clamp(call.f[diagonal], -m - 1, n + 1);
  visit(call.output.dtype, [&]<class T>(T zero) {
    const T* from = call.inputs[0].as<T>();
    T* to = static_cast<T*>(call.result);
    for (std::int64_t row = 0; row < x.element_count() / n; ++row, from += n, to += n) {
      const std::int64_t edge = row % m + k + (is_lower ? 1 : 0);
      const std::int64_t split = std::clamp<std::int64_t>(edge, 0, n);
      if (is_lower) {
        std::copy(from, from + split, to);
        std::fill(to + split, to + n, zero);
      } else {
        std::fill(to, to + split, zero);
        std::copy(from + split, from + n, to + split);
      }
    }
  });
}

constexpr auto shape_of_matrix = [](const Call& f, Shape x) {
  check_matrix(f, x);
  return x;
};

}  // namespace

// y[i, i] = x[i], 0 elsewhere;  dx = diagonal of dy
extern constexpr Op diag_op{
    .name = "diag",
    .doc = "Matrices with x on the diagonal and 0 elsewhere.",
    .operands = {"x"},
    .shape = [](const Call& f, Shape x) -> Shape {
      if (x.rank() == 0) f.fail("a scalar is no diagonal");
      check_rank(f, x.rank() + 1);
      Integers y = x.to_vector();
      y.push_back(y.back());
      return y;
    },
    .dtype = first_dtype,
    .kernel = GeneralKernel{put_diagonal},
    .gradient = {[](Tensor dy, Tensor) { return diag_part(dy); }},
    .gradient_text = {"dx = diagonal of dy"},
    .examples = {{diag, {1, 2}, "[[1, 0], [0, 2]]"}},
};

// y[i] = x[i, i];  dx = dy on the diagonal, 0 elsewhere
extern constexpr Op diag_part_op{
    .name = "diag_part",
    .doc = "The diagonal of matrices.",
    .operands = {"x"},
    .latex = {R"(\operatorname{diag}^\top({x}))", Precedence::power},
    .shape = [](const Call& f, Shape x) { return shape_of_diagonal(f, x); },
    .dtype = first_dtype,
    .kernel = GeneralKernel{take_diagonal},
    .gradient = {[](Tensor dy, Tensor x) {
      const Operand upstream_gradient(dy), model(x);
      return add_node(diag_part_grad_op, {&upstream_gradient, &model});
    }},
    .gradient_text = {"dx = dy on the diagonal, 0 elsewhere"},
    .examples = {{diag_part, {{1, 2, 3}, {4, 5, 6}}, "[1, 5]"}},
};

// dx[i, i] = dy[i], 0 elsewhere;  ddy = diagonal of ddx
extern constexpr Op diag_part_grad_op{
    .name = "diag_part_grad",
    .doc = "Zeros of the shape of x with dy on the diagonal: the gradient of diag_part.",
    .operands = {"dy", "x"},
    .latex = R"(\operatorname{diag}({dy}))",
    .shape = [](const Call& f, Shape dy, Shape x) -> Shape {
      const Shape y = shape_of_diagonal(f, x);
      if (!may_equal(dy, y))
        f.fail(fmt::format("dy must have shape {}, got {}", to_text(y), to_text(dy)));
      return x;
    },
    .dtype = first_dtype,
    .shape_operands = 0b10,
    .kernel = GeneralKernel{put_diagonal},
    .gradient = {[](Tensor ddx, Tensor, Tensor) { return diag_part(ddx); }, {}},
    .gradient_text = {"ddy = diagonal of dx", ""},
    .examples = {{[](Graph& g) {
                    const Operand dy(g.constant({7})), x(g.constant({{0, 0}}));
                    return add_node(diag_part_grad_op, {&dy, &x});
                  },
                  "[[7, 0]]"}},
};

// y[i, j] = x[i, j] if j - i <= k, 0 elsewhere;  dx = the same of dy
extern constexpr Op tril_op{
    .name = "tril",
    .doc = "The lower triangle of matrices, up to the diagonal; 0 above it.",
    .operands = {"x"},
    .attributes = {&diagonal},
    .shape = shape_of_matrix,
    .dtype = first_dtype,
    .kernel = GeneralKernel{keep_side<true>},
    .gradient = {[](const Call& f, Tensor dy, Tensor) { return tril(dy, f[diagonal]); }},
    .gradient_text = {"dx = lower triangle of dy"},
    .examples = {{[](Operand x) { return tril(x); }, {{1, 2}, {3, 4}}, "[[1, 0], [3, 4]]"}},
};

// y[i, j] = x[i, j] if j - i >= k, 0 elsewhere;  dx = the same of dy
extern constexpr Op triu_op{
    .name = "triu",
    .doc = "The upper triangle of matrices, from the diagonal on; 0 below it.",
    .operands = {"x"},
    .attributes = {&diagonal},
    .shape = shape_of_matrix,
    .dtype = first_dtype,
    .kernel = GeneralKernel{keep_side<false>},
    .gradient = {[](const Call& f, Tensor dy, Tensor) { return triu(dy, f[diagonal]); }},
    .gradient_text = {"dx = upper triangle of dy"},
    .examples = {{[](Operand x) { return triu(x, 1); }, {{1, 2}, {3, 4}}, "[[0, 2], [0, 0]]"}},
};

extern constexpr Composite trace_composite{
    .name = "trace",
    .doc = "The sum of the diagonal of matrices.",
    .formula = "y = sum of x[i, i]",
    .latex = R"(\operatorname{tr} x)",
    .examples = {{trace, {{1, 2}, {3, 4}}, "5"}},
};

Tensor diag(Operand x) { return add_node(diag_op, {&x}); }
Tensor diag_part(Operand x) { return add_node(diag_part_op, {&x}); }
Tensor trace(Operand x) {
  const Tensor diagonal_of_x = diag_part(x);
  return reduce_sum({diagonal_of_x, x.where()}, -1);
}
Tensor tril(Operand x, std::int64_t k) { return add_node(tril_op, {&x}, {diagonal = k}); }
Tensor triu(Operand x, std::int64_t k) { return add_node(triu_op, {&x}, {diagonal = k}); }

}  // namespace gradus
