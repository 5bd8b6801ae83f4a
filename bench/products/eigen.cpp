// Eigen's products. Compiled once for each instruction set, with a name of its own for Eigen's
// namespace: none of Eigen's code for one set can take the place of that for another.
#include <Eigen/Core>

#include "for_set.h"

namespace gradus::bench::GRADUS_BENCH_SET {
namespace {

template <class Result, class Product>
void update(const Problem& problem, Result& c, const Product& product) {
  if (problem.beta == 0 && problem.alpha == 1) {
    c.noalias() = product;
    return;
  }
  using T = typename Result::Scalar;
  if (problem.beta == 0)
    c.setZero();
  else if (problem.beta != 1)
    c *= static_cast<T>(problem.beta);
  c.noalias() += static_cast<T>(problem.alpha) * product;
}

}  // namespace

template <class T>
void multiply_with_eigen(const Problem& problem, const T* a, const T* b, T* c) {
  using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto& [rows, columns, depth, transpose_a, transpose_b] = problem.shape;
  const Eigen::Map<const Matrix> of_a(a, transpose_a ? depth : rows, transpose_a ? rows : depth);
  const Eigen::Map<const Matrix> of_b(b, transpose_b ? columns : depth,
                                      transpose_b ? depth : columns);
  Eigen::Map<Matrix> of_c(c, rows, columns);
  if (transpose_a && transpose_b)
    update(problem, of_c, of_a.transpose() * of_b.transpose());
  else if (transpose_a)
    update(problem, of_c, of_a.transpose() * of_b);
  else if (transpose_b)
    update(problem, of_c, of_a * of_b.transpose());
  else
    update(problem, of_c, of_a * of_b);
}

template void multiply_with_eigen(const Problem&, const float*, const float*, float*);
template void multiply_with_eigen(const Problem&, const double*, const double*, double*);

}  // namespace gradus::bench::GRADUS_BENCH_SET
