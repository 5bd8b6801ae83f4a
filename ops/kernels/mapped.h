// Copies whose every axis has a map of its own: y[i, j] = x[from(0, i), from(1, j)].
#pragma once

#include <cstddef>
#include <cstdint>

#include <gradus/op/kernel_call.h>

namespace gradus {

// The position in x, of size n along the axis, that position i of y shows.
using AxisMap = std::int64_t (*)(const Call& f, std::int64_t axis, std::int64_t i, std::int64_t n);

// The result y shows inputs[0].
void copy_mapped(const KernelCall& call, AxisMap from);
std::size_t copy_mapped_scratch(const KernelCall& call);

// The way back, for floats: the result x sums all elements of y = inputs[0] that show it, in the
// order of y.
void sum_mapped(const KernelCall& call, AxisMap from);
std::size_t sum_mapped_scratch(const KernelCall& call);

}  // namespace gradus
