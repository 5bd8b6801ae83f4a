#include <gradus/solve.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <gradus/arithmetic.h>
#include <gradus/at.h>
#include <gradus/diagonals.h>
#include <gradus/matmul.h>
#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/op/thread_pool.h>
#include <gradus/shapes.h>
#include <gradus/views.h>

#include "matrices.h"

namespace gradus {
namespace {

constexpr Key<bool> lower_key{"lower"};
constexpr Key<bool> transpose_key{"transpose"};

Shape square_matrices(const Call& f, const Shape& a) {
  if (a.rank() < 2 || !may_equal({rows_in(a)}, {columns_in(a)}))
    f.fail("a must be square matrices, got " + to_text(a));
  const std::int64_t n = std::max(rows_in(a), columns_in(a));
  return with_matrix(batch_of(a), n, n);
}
constexpr auto shape_of_solution = [](const Call& f, Shape a, Shape b) -> Shape {
  const std::int64_t n = rows_in(square_matrices(f, a));
  if (b.rank() < 2) f.fail("b must be matrices, got " + to_text(b));
  if (!may_equal({n}, {rows_in(b)}))
    f.fail(fmt::format("a {} and b {} have {} and {} rows", to_text(a), to_text(b), n, rows_in(b)));
  const std::optional<Shape> batch = broadcast_shape(batch_of(a), batch_of(b));
  if (!batch) f.fail(fmt::format("batches do not broadcast: {} and {}", to_text(a), to_text(b)));
  return with_matrix(*batch, std::max(n, rows_in(b)), columns_in(b));
};

// f(number of a matrix) for each of x, which are [n, k]: small ones several at a time. Of those
// that f refuses, the first is refused.
template <class F>
void for_matrices(const KernelCall& call, const Shape& x, F f) {
  if (x.element_count() == 0) return;
  constexpr std::int64_t elements_per_part = 1 << 12;
  const std::int64_t count = batch_count(x), size = rows_in(x) * columns_in(x);
  const std::int64_t per_part = std::max<std::int64_t>(elements_per_part / size, 1);
  call.threads.parallel_for((count + per_part - 1) / per_part, [&](std::int64_t part) {
    const std::int64_t end = std::min(count, (part + 1) * per_part);
    for (std::int64_t m = part * per_part; m < end; ++m) f(m);
  });
}

// y -= a x, of n elements
template <class T>
void subtract(T* y, T a, const T* x, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) y[i] -= a * x[i];
}

// u^T u = a: the factor's transpose in the upper triangle of u, row by row, so that all inner loops
// run along rows. Then it is turned over.
template <class T>
void factor(const KernelCall& call, std::int64_t m, const T* a, T* u, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j <= i; ++j) u[j * n + i] = a[i * n + j];
  for (std::int64_t j = 0; j < n; ++j) {
    T* const row = u + j * n;
    if (!(row[j] > 0))
      call.f.fail_value(
          fmt::format("matrix {} is not positive definite: the square of [{}, {}] would be {}", m,
                      j, j, row[j]));
    row[j] = std::sqrt(row[j]);
    for (std::int64_t i = j + 1; i < n; ++i) row[i] /= row[j];
    for (std::int64_t i = j + 1; i < n; ++i) subtract(u + i * n + i, row[i], row + i, n - i);
  }
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = i + 1; j < n; ++j) u[j * n + i] = std::exchange(u[i * n + j], T{0});
}

// A triangle of a, whose diagonal may be taken for 1.
struct Triangle {
  bool is_lower, is_transposed, is_unit = false;
};

// x of a x = b, in the place of b [n, k]. Transposed, rows of a are columns: x is taken out of all
// that follows as soon as it is known.
template <class T>
void substitute(Triangle t, const T* a, T* x, std::int64_t n, std::int64_t k) {
  for (std::int64_t step = 0; step < n; ++step) {
    const std::int64_t i = t.is_lower != t.is_transposed ? step : n - 1 - step;
    const std::int64_t first = t.is_lower ? 0 : i + 1, end = t.is_lower ? i : n;
    T* const x_i = x + i * k;
    if (!t.is_transposed)
      for (std::int64_t j = first; j < end; ++j) subtract(x_i, a[i * n + j], x + j * k, k);
    if (!t.is_unit)
      for (std::int64_t c = 0; c < k; ++c) x_i[c] /= a[i * n + i];
    if (t.is_transposed)
      for (std::int64_t j = first; j < end; ++j) subtract(x + j * k, a[i * n + j], x_i, k);
  }
}

// a becomes l u, the diagonal of l being 1; row j was exchanged with row pivots[j].
template <class T>
void eliminate(const KernelCall& call, std::int64_t m, T* a, std::int64_t* pivots, std::int64_t n) {
  for (std::int64_t j = 0; j < n; ++j) {
    std::int64_t pivot = j;
    for (std::int64_t i = j + 1; i < n; ++i)
      if (std::abs(a[i * n + j]) > std::abs(a[pivot * n + j])) pivot = i;
    if (a[pivot * n + j] == 0)
      call.f.fail_value(fmt::format("matrix {} is singular: pivot {} is 0", m, j));
    pivots[j] = pivot;
    if (pivot != j) std::swap_ranges(a + j * n, a + j * n + n, a + pivot * n);
    for (std::int64_t i = j + 1; i < n; ++i) {
      T& quotient = a[i * n + j];
      quotient /= a[j * n + j];
      subtract(&quotient + 1, quotient, a + j * n + j + 1, n - j - 1);
    }
  }
}

void factor_all(const KernelCall& call) {
  const Shape& a = call.inputs[0].shape;
  const std::int64_t n = rows_in(a);
  visit_float(call.output.dtype, [&]<Element T>(T) {
    for_matrices(call, a, [&](std::int64_t m) {
      factor(call, m, call.inputs[0].as<T>() + m * n * n, static_cast<T*>(call.result) + m * n * n,
             n);
    });
  });
}

// f(number of its matrix a, x) for each solution x, which is b at first.
template <class T, class F>
void for_solutions(const KernelCall& call, F f) {
  const Shape &a = call.inputs[0].shape, &b = call.inputs[1].shape, &x = call.output.shape;
  const std::int64_t size = rows_in(x) * columns_in(x);
  for_matrices(call, x, [&](std::int64_t m) {
    T* const own = static_cast<T*>(call.result) + m * size;
    std::copy_n(call.inputs[1].as<T>() + matrix_of(b, x, m) * size, size, own);
    f(matrix_of(a, x, m), own);
  });
}

void substitute_all(const KernelCall& call) {
  const std::int64_t n = rows_in(call.output.shape), k = columns_in(call.output.shape);
  const Triangle triangle{call.f[lower_key], call.f[transpose_key]};
  visit_float(call.output.dtype, [&]<Element T>(T) {
    const T* const a = call.inputs[0].as<T>();
    for_matrices(call, call.inputs[0].shape, [&](std::int64_t m) {
      for (std::int64_t i = 0; i < n; ++i)
        if (a[(m * n + i) * n + i] == 0)
          call.f.fail_value(fmt::format("matrix {} is singular: element [{}, {}] is 0", m, i, i));
    });
    for_solutions<T>(call,
                     [&](std::int64_t m, T* x) { substitute(triangle, a + m * n * n, x, n, k); });
  });
}

// Pivots of each matrix a, then what elimination makes of them.
std::size_t elimination_bytes(const KernelCall& call) {
  const Shape& a = call.inputs[0].shape;
  if (a.element_count() == 0) return 0;
  return static_cast<std::size_t>(batch_count(a) * rows_in(a)) * sizeof(std::int64_t) +
         static_cast<std::size_t>(a.element_count()) * size_of(call.output.dtype);
}
void solve_all(const KernelCall& call) {
  const Shape& a = call.inputs[0].shape;
  if (a.element_count() == 0) return;
  const std::int64_t n = rows_in(a), k = columns_in(call.output.shape);
  auto* const pivots = static_cast<std::int64_t*>(call.scratch);
  visit_float(call.output.dtype, [&]<Element T>(T) {
    T* const lu = reinterpret_cast<T*>(pivots + batch_count(a) * n);
    for_matrices(call, a, [&](std::int64_t m) {
      std::copy_n(call.inputs[0].as<T>() + m * n * n, n * n, lu + m * n * n);
      eliminate(call, m, lu + m * n * n, pivots + m * n, n);
    });
    for_solutions<T>(call, [&](std::int64_t m, T* x) {
      for (std::int64_t i = 0; i < n; ++i)
        if (const std::int64_t j = pivots[m * n + i]; j != i)
          std::swap_ranges(x + i * k, x + i * k + k, x + j * k);
      substitute({.is_lower = true, .is_transposed = false, .is_unit = true}, lu + m * n * n, x, n,
                 k);
      substitute({.is_lower = false, .is_transposed = false}, lu + m * n * n, x, n, k);
    });
  });
}

Tensor transposed_matrices(const Tensor& x) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(x.rank()));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::swap(order[order.size() - 2], order[order.size() - 1]);
  return transpose(x, order);
}

// Phi of Murray: the lower triangle, and half of the diagonal.
Tensor lower_half(const Tensor& x) {
  const Tensor with_diagonal = tril(x), below = tril(x, -1);
  return 0.5 * (with_diagonal + below);
}

bool is_vector(const Operand& x) { return !x.is_number() && x.tensor() && x.tensor().rank() == 1; }

}  // namespace

// l l^T = a.  After Iain Murray, "Differentiation of the Cholesky decomposition" (2016), section 3:
// da = Phi(s + s^T), s = l^-T Phi(l^T dl) l^-1
extern constexpr Op cholesky_op{
    .name = "cholesky",
    .doc =
        "The lower triangular y with y y^T = a, of a's lower triangle. A matrix that is not "
        "positive definite is refused in the run.",
    .operands = {"a"},
    .latex = {R"(\operatorname{chol} {a})", Precedence::prefix},
    .shape = [](const Call& f, Shape a) { return square_matrices(f, a); },
    .kernel = GeneralKernel{factor_all},
    .gradient = {[](const Call& f, Tensor dy, Tensor) {
      const Tensor& y = f.y();
      const Tensor p = lower_half(matmul(y, dy, {.transpose_a = true}));
      const Tensor left = triangular_solve(y, p, {.transpose = true});
      const Tensor s_transposed =
          triangular_solve(y, transposed_matrices(left), {.transpose = true});
      const Tensor s = transposed_matrices(s_transposed);
      return lower_half(s + s_transposed);
    }},
    .gradient_text =
        {"da = Phi(s + s^T), s = y^(-T) Phi(y^T dy) y^(-1); Phi(x) is the lower triangle "
         "of x with half of its diagonal"},
    .examples = {{cholesky, {{4, 2}, {2, 5}}, "[[2, 0], [1, 2]]"}},
};

// a x = b of a triangle of a;  db = a^-T dx,  da = -db x^T in that triangle
extern constexpr Op triangular_solve_op{
    .name = "triangular_solve",
    .doc =
        "y with a y = b, or a^T y = b, a being one triangle of a matrix. A 0 on the diagonal "
        "is refused in the run.",
    .operands = {"a", "b"},
    .attributes = {&lower_key, &transpose_key},
    .shape = shape_of_solution,
    .kernel = GeneralKernel{substitute_all},
    .gradient = {[](const Call& f, Tensor dy, Tensor a, Tensor b) {
                   const bool is_transposed = f[transpose_key];
                   const Tensor db = triangular_solve(a, dy, {f[lower_key], !is_transposed});
                   const Tensor product = is_transposed ? matmul(f.y(), db, {.transpose_b = true})
                                                        : matmul(db, f.y(), {.transpose_b = true});
                   const Tensor da = -(f[lower_key] ? tril(product) : triu(product));
                   return summed_to(a, b.shape(), da);
                 },
                 [](const Call& f, Tensor dy, Tensor a, Tensor b) {
                   const Tensor db = triangular_solve(a, dy, {f[lower_key], !f[transpose_key]});
                   return summed_to(b, a.shape(), db);
                 }},
    .gradient_text = {"da = triangle of -db y^T; summed over the batch that a has not",
                      "db = a^(-T) dy; summed over the batch that b has not"},
    .examples = {{[](Operand a, Operand b) { return triangular_solve(a, b); },
                  {{2, 0}, {1, 4}},
                  {{2}, {5}},
                  "[[1], [1]]"},
                 {[](Operand a, Operand b) { return triangular_solve(a, b, {.transpose = true}); },
                  {{2, 0}, {1, 4}},
                  {{3}, {4}},
                  "[[1], [1]]"}},
};

// a x = b;  db = a^-T dx,  da = -db x^T
extern constexpr Op solve_op{
    .name = "solve",
    .doc = "y with a y = b, by elimination with pivots; a singular matrix is refused in the run.",
    .operands = {"a", "b"},
    .latex = {"{a}^{-1} {b}", Precedence::product, Precedence::call},
    .shape = shape_of_solution,
    .kernel = GeneralKernel{solve_all, elimination_bytes},
    .gradient = {[](const Call& f, Tensor dy, Tensor a, Tensor b) {
                   const Tensor db = solve(transposed_matrices(a), dy);
                   const Tensor da = -matmul(db, f.y(), {.transpose_b = true});
                   return summed_to(a, b.shape(), da);
                 },
                 [](Tensor dy, Tensor a, Tensor b) {
                   const Tensor db = solve(transposed_matrices(a), dy);
                   return summed_to(b, a.shape(), db);
                 }},
    .gradient_text = {"da = -db y^T; summed over the batch that a has not",
                      "db = a^(-T) dy; summed over the batch that b has not"},
    .examples = {{solve, {{0, 2}, {1, 1}}, {{4}, {3}}, "[[1], [2]]"}},
};

namespace {

Tensor add_solution(const Op& op, const Operand& a, const Operand& b,
                    std::initializer_list<Attribute> attributes) {
  if (!is_vector(b)) return add_node(op, {&a, &b}, attributes);
  const At here(b);
  const Operand column(expand_dims(b, -1), b.where());
  return squeeze(add_node(op, {&a, &column}, attributes), -1);
}

}  // namespace

Tensor cholesky(Operand a) { return add_node(cholesky_op, {&a}); }
Tensor triangular_solve(Operand a, Operand b, TriangularSolveOptions options) {
  return add_solution(triangular_solve_op, a, b,
                      {lower_key = options.lower, transpose_key = options.transpose});
}
Tensor solve(Operand a, Operand b) { return add_solution(solve_op, a, b, {}); }

}  // namespace gradus
