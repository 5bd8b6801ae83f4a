// One way for all reductions: any axes of an array, brought to the form [outer, n, inner].
#pragma once

#include <cstddef>

#include <gradus/op/kernel_call.h>
#include <gradus/op/reduction.h>
#include <gradus/op/rules.h>

namespace gradus {

// How sums are added up, and the largest found, everywhere.
extern const ReductionKernel sum_kernel, sum_of_squares_kernel, largest_kernel;

// Combines x = inputs[0] over the chosen axes into the result. Axes that neither lead nor end nor
// stand together are first brought together in scratch.
void reduce_over(const ReductionKernel& kernel, const KernelCall& call, const AxisSet& chosen);
std::size_t reduce_scratch_bytes(const KernelCall& call, const AxisSet& chosen);

}  // namespace gradus
