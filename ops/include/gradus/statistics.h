// Statistics over axes, written over reductions; float32 and float64.
#pragma once

#include <cstdint>

#include <gradus/axes.h>
#include <gradus/tensor.h>

namespace gradus {

// Of the population: the mean of (x - mean)^2, and its root, whose slope at 0 is 0.
Tensor reduce_variance(Operand x, Axes axes = {}, bool keepdims = false);
Tensor reduce_std(Operand x, Axes axes = {}, bool keepdims = false);
// log(sum of e^x), without overflow; -inf, with slope 0, if all x are. Refused of nothing.
Tensor reduce_logsumexp(Operand x, Axes axes = {}, bool keepdims = false);
// order 1: the sum of |x|; order 2: the root of the sum of x^2, whose slope at 0 is 0. GraphError
// for other orders.
Tensor norm(Operand x, std::int64_t order = 2, Axes axes = {}, bool keepdims = false);

}  // namespace gradus
