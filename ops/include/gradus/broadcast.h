// Broadcasting by NumPy's rule of trailing dimensions, made explicit: an operand that is repeated
// passes a broadcast_like node, whose gradient is the sum_like that a bias needs.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

// x repeated to the common shape of x and model.
Tensor broadcast_like(Operand x, Operand model);
// x repeated to this shape; a size of -1 (`any_size`) is x's own.
Tensor broadcast_to(Operand x, const Shape& shape);
// x summed over the axes along which x was broadcast from the shape of model.
Tensor sum_like(Operand x, Operand model);

}  // namespace gradus
