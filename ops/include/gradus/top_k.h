// The largest elements of rows.
//
//   top_k(scores, 3)      // [batch, classes] becomes [batch, 3]
#pragma once

#include <cstdint>

#include <gradus/tensor.h>

namespace gradus {

// The k largest elements along the last axis, the largest first; NaN counts as the largest, and of
// equals the first comes first. Of all numbers. ShapeError if there are fewer than k.
Tensor top_k(Operand x, std::int64_t k);

// For gradients: the elements of values, of x's shape, that stand where x is largest; ...
Tensor top_k_pick(Operand values, Operand x, std::int64_t k);
// ... and dy put there, 0 elsewhere.
Tensor top_k_grad(Operand dy, Operand x, std::int64_t k);

}  // namespace gradus
