// Sums, means and extremes over axes.
//
//   reduce_mean(reduce_sum(square(x_tilde - x), 1))      // eq. (1) of the practical
#pragma once

#include <cstdint>

#include <gradus/axes.h>
#include <gradus/tensor.h>

namespace gradus {

struct Op;

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

// How sums are added up, and the largest found, everywhere.
class ReductionKernel;
extern const ReductionKernel sum_kernel, sum_of_squares_kernel, largest_kernel;

extern const Op reduce_sum_op, reduce_sum_square_op, reduce_mean_op, reduce_max_op, reduce_min_op,
    reduce_prod_op, reduce_any_op, reduce_all_op, argmax_op, argmin_op;

}  // namespace gradus
