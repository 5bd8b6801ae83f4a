// GradientFunction: a gradient rule that a user writes, as a graph keeps it.
#pragma once

#include <functional>
#include <span>

#include <gradus/tensor.h>

namespace gradus {

// Makes the gradient of xs[k] from that of y: what a custom_gradient node calls for operand k + 1.
using GradientFunction =
    std::function<Tensor(const Tensor& dy, const Tensor& y, std::span<const Tensor> xs)>;

}  // namespace gradus
