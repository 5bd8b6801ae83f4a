// One way for all reductions: any axes of an array, brought to the form [outer, n, inner].
#pragma once

#include <cstddef>

#include <gradus/kernel_call.h>
#include <gradus/reduction.h>
#include <gradus/reductions.h>
#include <gradus/rules.h>

namespace gradus {

// Combines x = inputs[0] over the chosen axes into the result. Axes that neither lead nor end nor
// stand together are first brought together in scratch.
void reduce_over(const ReductionKernel& kernel, const KernelCall& call, const AxisSet& chosen);
std::size_t reduce_scratch_bytes(const KernelCall& call, const AxisSet& chosen);

}  // namespace gradus
