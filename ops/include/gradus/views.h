// The same elements with axes of size 1 more or fewer. Nothing is copied.
#pragma once

#include <cstdint>

#include <gradus/axes.h>
#include <gradus/tensor.h>

namespace gradus {

// A new axis of size 1, which is the result's axis `axis`.
Tensor expand_dims(Operand x, std::int64_t axis);
// Without these axes, which are of size 1; by default without all that are, and then all sizes
// must be known. ShapeError otherwise.
Tensor squeeze(Operand x, Axes axes = {});
// Each row of the batch, axis 0, as one row of numbers: [batch, ...] becomes [batch, n]. All
// elements in one row are reshape(x, {-1}). ShapeError if neither batch nor n is known.
Tensor flatten(Operand x);

}  // namespace gradus
