// Elements chosen by indices that are computed in the run.
//
//   gather(x, indices)                       // rows of x
//   scatter_add(x, indices, updates)         // x, with updates added to its rows
//   take_along_axis(x, argsort(x))           // each row in an order of its own
//
// Indices are int32 or int64. One that is negative or too large is refused in the run: DataError.
#pragma once

#include <cstdint>

#include <gradus/tensor.h>

namespace gradus {

// y[.., i, ..] = x[.., indices[i], ..]: the axis of x is replaced by the axes of indices.
Tensor gather(Operand x, Operand indices, std::int64_t axis = 0);
// y = x, but y[.., indices[i], ..] += updates[.., i, ..] for each i in turn; updates have the shape
// of gather(x, indices, axis).
Tensor scatter_add(Operand x, Operand indices, Operand updates, std::int64_t axis = 0);
// y[i] = x[indices[i, 0], indices[i, 1], ..]: the last axis of indices, whose size must be known,
// is an index of the first axes of x.
Tensor gather_nd(Operand x, Operand indices);
// y = x, but y[indices[i, 0], ..] += updates[i] for each i in turn.
Tensor scatter_nd_add(Operand x, Operand indices, Operand updates);
// y[.., i, ..] = x[.., indices[.., i, ..], ..] along the axis; indices have the sizes of x but for
// that one.
Tensor take_along_axis(Operand x, Operand indices, std::int64_t axis = -1);
// For gradients: dy added into zeros of the shape of x where take_along_axis took its elements.
Tensor take_along_axis_grad(Operand dy, Operand indices, Operand x, std::int64_t axis = -1);
// y[.., j] = whether indices[..] is j, for j below depth: a row of 0 for an index out of range.
Tensor one_hot(Operand indices, std::int64_t depth, DType dtype = float32);

}  // namespace gradus
