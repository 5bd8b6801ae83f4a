// An Array as a matrix of Eigen's, over the same memory. Not part of <gradus/gradus.h>: who
// includes it needs Eigen.
//
//   const auto x = as_matrix<float>(array);                      // float32 [n, m], or [n] as [n,
//   1] as_mutable_matrix<float>(result) = x.transpose() * x;        // result has shape [m, m]
//
// A map is valid as long as its Array lives and is not assigned to. It is an unaligned one, so that
// a program may be compiled with other instruction sets than Gradus.
#pragma once

#include <cstdint>

#include <Eigen/Core>

#include <gradus/array.h>
#include <gradus/error.h>

namespace gradus {

template <Element T>
using RowMajorMatrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <Element T>
using MatrixMap = Eigen::Map<RowMajorMatrix<T>, Eigen::Unaligned>;
template <Element T>
using ConstMatrixMap = Eigen::Map<const RowMajorMatrix<T>, Eigen::Unaligned>;

// [n, m] as it is, [n] as one column. DTypeError if T is not the array's type, ShapeError for any
// other rank.
template <Element T>
ConstMatrixMap<T> as_matrix(const Array& array, SourceLocation where = SourceLocation::current());
// To be written: as with mutable_values(), no copy of the array sees it.
template <Element T>
MatrixMap<T> as_mutable_matrix(Array& array, SourceLocation where = SourceLocation::current());
// The matrix of a temporary would be gone at once.
template <Element T>
void as_matrix(const Array&& array, SourceLocation where = SourceLocation::current()) = delete;

// ---------------------------------------------------------------------------------------------

struct MatrixSize {
  Eigen::Index rows, columns;
};

inline MatrixSize matrix_size(const Array& array, SourceLocation where) {
  const Shape& shape = array.shape();
  if (shape.rank() != 1 && shape.rank() != 2)
    throw ShapeError(
        at_line("as_matrix: shape " + to_text(shape) + " is neither of rank 1 nor 2", where));
  return {shape[0], shape.rank() == 1 ? 1 : shape[1]};
}

template <Element T>
ConstMatrixMap<T> as_matrix(const Array& array, SourceLocation where) {
  const MatrixSize size = matrix_size(array, where);
  return {array.values<T>(where).data(), size.rows, size.columns};
}

template <Element T>
MatrixMap<T> as_mutable_matrix(Array& array, SourceLocation where) {
  const MatrixSize size = matrix_size(array, where);
  return {array.mutable_values<T>(where).data(), size.rows, size.columns};
}

}  // namespace gradus
