// Arrays put together, and taken apart again.
//
//   concat({x, y}, 1)             // [2, 3] and [2, 4] become [2, 7]
//   split(x, {3, 4}, 1)           // and back
//   stack({x, y}); unstack(x)     // along a new axis
#pragma once

#include <cstdint>
#include <vector>

#include <gradus/tensor.h>

namespace gradus {

// Joined along an axis that all have; they are equal in the other axes.
Tensor concat(const std::vector<Operand>& operands, std::int64_t axis = 0);
// Joined along a new axis, which is the result's axis `axis`; all have one shape.
Tensor stack(const std::vector<Operand>& operands, std::int64_t axis = 0);

// The parts of x along an axis, which is gone in them; its size must be known: ShapeError.
std::vector<Tensor> unstack(Operand x, std::int64_t axis = 0);
// So many equal parts, or parts of these sizes, along an axis of known size; ShapeError if they do
// not add up to it. Both are refused above 2^20 parts: GraphError.
std::vector<Tensor> split(Operand x, std::int64_t parts, std::int64_t axis = 0);
std::vector<Tensor> split(Operand x, const std::vector<std::int64_t>& sizes, std::int64_t axis = 0);

// The gradient of concat where offsets are unknown before the run: the part of dy that has the
// place of operand number `part` of concat(operands, axis).
Tensor concat_grad(Operand dy, const std::vector<Operand>& operands, std::int64_t part,
                   std::int64_t axis = 0);

}  // namespace gradus
