// Sums, means and extremes over axes.
//
//   reduce_mean(reduce_sum(square(x_tilde - x), 1))      // eq. (1) of the practical
#pragma once

#include <cstdint>

#include <gradus/axes.h>
#include <gradus/tensor.h>

namespace gradus {

// All axes by default; keepdims leaves each of them with size 1.
Tensor reduce_sum(Operand x, Axes axes = {}, bool keepdims = false);
Tensor reduce_sum_square(Operand x, Axes axes = {}, bool keepdims = false);
Tensor reduce_mean(Operand x, Axes axes = {}, bool keepdims = false);  // NaN of nothing; floats
Tensor reduce_max(Operand x, Axes axes = {}, bool keepdims = false);   // NaN if any is
Tensor reduce_min(Operand x, Axes axes = {}, bool keepdims = false);
Tensor reduce_prod(Operand x, Axes axes = {}, bool keepdims = false);  // 1 of nothing
Tensor reduce_any(Operand x, Axes axes = {}, bool keepdims = false);   // bool; false of nothing
Tensor reduce_all(Operand x, Axes axes = {}, bool keepdims = false);   // bool; true of nothing
// The int64 index of the first largest element along an axis; NaN counts as the largest.
Tensor argmax(Operand x, std::int64_t axis = 0);
Tensor argmin(Operand x, std::int64_t axis = 0);

}  // namespace gradus
