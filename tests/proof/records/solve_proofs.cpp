#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include <gradus/op/records.h>

#include "proof/cases.h"

namespace gradus::proof {
namespace {

// Of samples from -1 to 1, and up to 10 rows, the sum of the others of a row is smaller than its
// diagonal: all systems are well-conditioned.
constexpr Domain entries{.low = -1, .high = 1};
constexpr Real shift = 12;

// x + 12 I, of matrices whose size may be unknown. What is no square is left to the op to refuse.
Tensor shifted(const Tensor& x) {
  if (!x || !is_float(x.dtype()) || x.rank() < 2) return x;
  if (x.shape()[x.rank() - 2] != x.shape()[x.rank() - 1]) return x;
  return x + diag(full_like(diag_part(x), double{shift}));
}

using Matrix = std::vector<std::vector<Real>>;

std::size_t place(std::int64_t i) { return static_cast<std::size_t>(i); }

Matrix matrix_at(const Value& x, Indices batch) {
  const std::int64_t rows = x.shape[x.shape.size() - 2], columns = x.shape.back();
  batch = under(batch, {x.shape.begin(), x.shape.end() - 2});
  Matrix matrix(place(rows), std::vector<Real>(place(columns)));
  batch.resize(batch.size() + 2);
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j) {
      batch[batch.size() - 2] = i;
      batch[batch.size() - 1] = j;
      matrix[place(i)][place(j)] = x[batch];
    }
  return matrix;
}
Matrix mapped(const Matrix& x, const std::function<Real(std::size_t, std::size_t)>& element) {
  Matrix y = x;
  for (std::size_t i = 0; i < y.size(); ++i)
    for (std::size_t j = 0; j < y[i].size(); ++j) y[i][j] = element(i, j);
  return y;
}
Matrix shifted(const Matrix& x) {
  return mapped(x, [&](std::size_t i, std::size_t j) { return x[i][j] + (i == j ? shift : 0); });
}

// Gauss and Jordan: the largest element of all that is left becomes 1, and its column 0 elsewhere.
Matrix solution(Matrix a, Matrix b) {
  const std::size_t n = a.size();
  std::vector<std::size_t> row_of_column(n, n);
  std::vector<bool> is_done(n);
  for (std::size_t step = 0; step < n; ++step) {
    std::size_t row = n, column = n;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        if (!is_done[i] && row_of_column[j] == n &&
            (row == n || std::abs(a[i][j]) > std::abs(a[row][column])))
          row = i, column = j;
    is_done[row] = true;
    row_of_column[column] = row;
    const Real pivot = a[row][column];
    for (Real& v : a[row]) v /= pivot;
    for (Real& v : b[row]) v /= pivot;
    for (std::size_t i = 0; i < n; ++i) {
      const Real factor = a[i][column];
      if (i == row) continue;
      for (std::size_t j = 0; j < n; ++j) a[i][j] -= factor * a[row][j];
      for (std::size_t j = 0; j < b[i].size(); ++j) b[i][j] -= factor * b[row][j];
    }
  }
  Matrix x = b;
  for (std::size_t j = 0; j < n; ++j) x[j] = b[row_of_column[j]];
  return x;
}

// The formula for one element after the other: l[i, j] = (a[i, j] - sum of l[i, k] l[j, k]) / l[j,
// j].
Matrix lower_factor(const Matrix& a) {
  Matrix l = mapped(a, [](std::size_t, std::size_t) { return 0; });
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      Real rest = a[i][j];
      for (std::size_t k = 0; k < j; ++k) rest -= l[i][k] * l[j][k];
      l[i][j] = i == j ? std::sqrt(rest) : rest / l[j][j];
    }
  return l;
}

// One matrix for each index of a batch; each may err as its largest element and its size say.
Value of_batch(const Indices& batch, std::int64_t rows, std::int64_t columns,
               const std::function<Matrix(const Indices&)>& matrix) {
  Value y{batch, {}};
  y.shape.insert(y.shape.end(), {rows, columns});
  const Value numbered{batch, {}};
  for (std::int64_t n = 0; n < count(batch); ++n) {
    if (rows * columns == 0) break;
    Real largest = 0;
    for (const auto& row : matrix(numbered.index(n)))
      for (Real v : row) {
        y.at.push_back(v);
        largest = std::max(largest, std::abs(v));
      }
    y.scale.resize(y.at.size(), static_cast<Real>(rows + 2) * largest);
  }
  return y;
}
Indices batch_of(const Value& x) { return {x.shape.begin(), x.shape.end() - 2}; }

Value factors(const Value& a, const std::function<Matrix(const Matrix&)>& prepared) {
  const std::int64_t n = a.shape[a.shape.size() - 2];
  return of_batch(batch_of(a), n, n, [&](const Indices& batch) {
    return lower_factor(prepared(matrix_at(a, batch)));
  });
}

// A vector is one column.
Value solutions(const Value& a, Value b, const std::function<Matrix(const Matrix&)>& prepared) {
  const bool is_vector = b.rank() == 1;
  if (is_vector) b.shape.push_back(1);
  Value x = of_batch(broadcast(batch_of(a), batch_of(b)), a.shape.back(), b.shape.back(),
                     [&](const Indices& batch) {
                       return solution(prepared(matrix_at(a, batch)), matrix_at(b, batch));
                     });
  if (is_vector) x.shape.pop_back();
  return x;
}

const Cases squares{{{3, 3}},    {{1, 1}},    {{2, 2}},          {{0, 0}},
                    {{0, 2, 2}}, {{2, 3, 3}}, {{2, 1, 3, 2, 2}}, {{10, 10}}};
const Cases systems{{{3, 3}, {3, 2}},     {{2, 2}, {2, 2}},        {{1, 1}, {1, 1}},
                    {{2, 2}, {2}},        {{3, 2, 2}, {2}},        {{2, 2, 2}, {2, 2, 1}},
                    {{2, 2}, {3, 2, 1}},  {{3, 2, 2}, {2, 2}},     {{2, 1, 2, 2}, {1, 2, 2, 1}},
                    {{0, 0}, {0, 2}},     {{2, 2}, {2, 0}},        {{0, 2, 2}, {2, 1}},
                    {{10, 10}, {10, 12}}, {{40, 5, 5}, {40, 5, 3}}};

Proof triangular_proof(TriangularSolveOptions options) {
  const auto prepared = [=](const Matrix& x) {
    const Matrix a = shifted(x);
    return mapped(a, [&](std::size_t i, std::size_t j) {
      if (options.transpose) std::swap(i, j);
      return (options.lower ? j <= i : j >= i) ? a[i][j] : 0;
    });
  };
  return {.op = &triangular_solve_op,
          .name = std::string("triangular_solve_") + (options.lower ? "lower" : "upper") +
                  (options.transpose ? "_transpose" : ""),
          .call = [=](const Tensors& x) { return triangular_solve(shifted(x[0]), x[1], options); },
          .oracle = [=](const Values& x) { return solutions(x[0], x[1], prepared); },
          .operands = {entries, {}},
          .shapes = systems};
}

}  // namespace

std::vector<Proof> solve_proofs() {
  std::vector<Proof> proofs;
  proofs.push_back({.op = &cholesky_op,
                    .call = [](const Tensors& x) { return cholesky(shifted(x[0])); },
                    .oracle =
                        [](const Values& x) {
                          return factors(x[0], [](const Matrix& a) { return shifted(a); });
                        },
                    .operands = {entries},
                    .shapes = squares,
                    .has_special_values = false});
  for (const bool lower : {true, false})
    for (const bool transpose : {false, true})
      proofs.push_back(triangular_proof({.lower = lower, .transpose = transpose}));
  proofs.push_back({.op = &solve_op,
                    .call = [](const Tensors& x) { return solve(shifted(x[0]), x[1]); },
                    .oracle =
                        [](const Values& x) {
                          return solutions(x[0], x[1], [](const Matrix& a) { return shifted(a); });
                        },
                    .operands = {entries, {}},
                    .shapes = systems});
  // All pivots stand in other rows.
  proofs.push_back(
      {.op = &solve_op,
       .name = "solve_with_pivots",
       .call = [](const Tensors& x) { return solve(reverse(shifted(x[0]), -2), x[1]); },
       .oracle =
           [](const Values& x) {
             return solutions(x[0], x[1], [](const Matrix& a) {
               Matrix rows = shifted(a);
               std::ranges::reverse(rows);
               return rows;
             });
           },
       .operands = {entries, {}},
       .shapes = systems});
  return proofs;
}

}  // namespace gradus::proof
