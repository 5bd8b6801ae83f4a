#include <gradus/pca.h>

#include <algorithm>

#include <fmt/format.h>
#include <Eigen/Eigenvalues>

#include <gradus/op/instruction_set.h>

#include "core/throw_at.h"
#include "kernels/products/matmul.h"

namespace gradus::models {
namespace {

void check_matrix(const Array& x, std::int64_t columns, std::string_view what,
                  SourceLocation where) {
  if (!is_float(x.dtype()))
    throw_at<DTypeError>(where, "pca: {} must be float32 or float64, got {}", what,
                         to_text(x.dtype()));
  if (x.rank() != 2 || (columns != any_size && x.shape()[1] != columns))
    throw_at<ShapeError>(where, "pca: {} must be [n, {}], got {}", what,
                         columns == any_size ? "size" : std::to_string(columns),
                         to_text(x.shape()));
}

// c [rows, columns] = op(a) op(b), all float64.
Array multiplied(const Array& a, const Array& b, const MatmulShape& shape) {
  Array c = Array::uninitialized({shape.rows, shape.columns}, float64);
  const InstructionSet set = best_instruction_set();
  Array scratch = Array::zeros(
      {static_cast<std::int64_t>(matmul_scratch_bytes(shape, float64, set) / 8 + 8)}, float64);
  product(shape, float64, set, a.data(), b.data(), c.mutable_data(), whole(shape),
          scratch.mutable_data());
  return c;
}

Array centred(const Array& x, const Array& mean) {
  Array result = x.cast(float64);
  const auto m = mean.values<double>();
  const auto values = result.mutable_values<double>();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] -= m[i % m.size()];
  return result;
}

Array mean_of_rows(const Array& x) {
  const std::int64_t n = x.shape()[0], size = x.shape()[1];
  Array mean = Array::zeros({size}, float64);
  const auto sums = mean.mutable_values<double>();
  constexpr std::int64_t part = 1024;
  for (std::int64_t first = 0; first < n; first += part) {
    const Array rows = x.rows(first, std::min(first + part, n)).cast(float64);
    const auto values = rows.values<double>();
    for (std::size_t i = 0; i < values.size(); ++i) sums[i % sums.size()] += values[i];
  }
  for (double& sum : sums) sum /= static_cast<double>(n);
  return mean;
}

// (1/n) sum of (x - mean)^T (x - mean), by parts: x need not be copied as a whole.
Eigen::MatrixXd covariance(const Array& x, const Array& mean) {
  const std::int64_t n = x.shape()[0], size = x.shape()[1];
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(size, size);
  constexpr std::int64_t part = 1024;
  for (std::int64_t first = 0; first < n; first += part) {
    const Array rows = centred(x.rows(first, std::min(first + part, n)), mean);
    const Array product = multiplied(
        rows, rows, {.rows = size, .columns = size, .depth = rows.shape()[0], .transpose_a = true});
    sum += Eigen::Map<const Eigen::MatrixXd>(product.values<double>().data(), size, size);
  }
  return sum / static_cast<double>(n);
}

}  // namespace

Pca::Pca(const Array& x, std::int64_t code_size, SourceLocation where) {
  check_matrix(x, any_size, "x", where);
  const std::int64_t size = x.shape()[1];
  if (x.shape()[0] < 1 || code_size < 1 || code_size > size)
    throw_at<DataError>(where, "pca: {} components of {}", code_size, to_text(x.shape()));
  mean_ = mean_of_rows(x);

  // Eigenvalues come in ascending order.
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance(x, mean_));
  variances_ = Array::zeros({size}, float64);
  components_ = Array::zeros({code_size, size}, float64);
  const auto variances = variances_.mutable_values<double>();
  const auto components = components_.mutable_values<double>();
  for (std::int64_t k = 0; k < size; ++k) {
    const std::int64_t column = size - 1 - k;
    variances[static_cast<std::size_t>(k)] = solver.eigenvalues()[column];
    if (k >= code_size) continue;
    // A component's sign is free: its largest entry is made positive.
    Eigen::VectorXd component = solver.eigenvectors().col(column);
    Eigen::Index largest = 0;
    component.cwiseAbs().maxCoeff(&largest);
    if (component[largest] < 0) component = -component;
    Eigen::Map<Eigen::VectorXd>(components.data() + k * size, size) = component;
  }
}

Array Pca::encode(const Array& x, SourceLocation where) const {
  const std::int64_t size = mean_.size(), code_size = components_.shape()[0];
  check_matrix(x, size, "x", where);
  return multiplied(
      centred(x, mean_), components_,
      {.rows = x.shape()[0], .columns = code_size, .depth = size, .transpose_b = true});
}

Array Pca::decode(const Array& code, SourceLocation where) const {
  const std::int64_t size = mean_.size(), code_size = components_.shape()[0];
  check_matrix(code, code_size, "code", where);
  Array x = multiplied(code.cast(float64), components_,
                       {.rows = code.shape()[0], .columns = size, .depth = code_size});
  const auto mean = mean_.values<double>();
  const auto values = x.mutable_values<double>();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] += mean[i % mean.size()];
  return x;
}

double Pca::reconstruction_error(const Array& x, SourceLocation where) const {
  const Array original = x.cast(float64), reconstructed = reconstruct(x, where);
  const auto p = original.values<double>(), q = reconstructed.values<double>();
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) sum += (p[i] - q[i]) * (p[i] - q[i]);
  return sum / static_cast<double>(x.shape()[0]);
}

}  // namespace gradus::models
