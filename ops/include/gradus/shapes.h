// The same elements in another shape or order.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <gradus/axes.h>
#include <gradus/tensor.h>

namespace gradus {

// Another shape of as many elements; at most one dimension is -1 (`any_size`) and follows from the
// rest.
Tensor reshape(Operand x, const Shape& shape);
// y's axis i is x's axis permutation[i]; reversed by default.
Tensor transpose(Operand x, std::vector<std::int64_t> permutation = {});

// What gradients need: x in the shape of model, ...
Tensor reshape_like(Operand x, Operand model);
// ... x repeated along the axes that were reduced from the shape of model, ...
Tensor expand_like(Operand x, Operand model, Axes axes, bool keepdims);
// ... (number of elements of a) / (number of elements of b), a scalar of a's dtype, ...
Tensor count_ratio(Operand a, Operand b);
// ... and an array of the shape and dtype of model whose elements are all this value.
Tensor full_like(Operand model, double value);
Tensor zeros_like(Operand model);
Tensor ones_like(Operand model);

// [batch, shape...], every element this value, where batch is the size of axis 0 of model, which
// only the run may know: a recurrence's first state, zeros_with_batch_of(x, {units}). The values of
// model are not read, and get no gradient. Its dtype, if none is given. ShapeError if model has no
// axis, or a size of `shape` is unknown.
Tensor full_with_batch_of(Operand model, const Shape& shape, double value,
                          std::optional<DType> dtype = {});
Tensor zeros_with_batch_of(Operand model, const Shape& shape, std::optional<DType> dtype = {});

}  // namespace gradus
