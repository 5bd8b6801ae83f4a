// Batches of matrices: the last two axes of a shape, and the batch before them.
#pragma once

#include <cstdint>

#include <gradus/shape.h>
#include <gradus/tensor.h>

namespace gradus {

inline std::int64_t columns_in(const Shape& s) { return s[s.rank() - 1]; }
inline std::int64_t rows_in(const Shape& s) { return s[s.rank() - 2]; }

Shape batch_of(const Shape& s);
Shape with_matrix(const Shape& batch, std::int64_t rows, std::int64_t columns);

// Of known shapes: how many matrices, ...
std::int64_t batch_count(const Shape& s);
// ... and the number of x's matrix that matrix n of y is made of: axes of size 1 are repeated.
std::int64_t matrix_of(const Shape& x, const Shape& y, std::int64_t n);

// dx, whose batch is the result's, summed to the batch of x if that may be another one; `other` is
// the shape of the operand beside x.
Tensor summed_to(const Tensor& x, const Shape& other, const Tensor& dx);

}  // namespace gradus
