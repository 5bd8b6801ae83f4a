// Variables that follow what a training computes: each step of an optimizer that trains on it moves
// them along.
#pragma once

#include <vector>

#include <gradus/tensor.h>

namespace gradus {

// average <- momentum average + (1 - momentum) value in each step for a loss that `value` is
// computed for.
void follow(const Variable& average, const Tensor& value, double momentum);

// What a step for these tensors, computed from such values, has to run along.
std::vector<Tensor> updates_along(const TensorList& tensors);

}  // namespace gradus
