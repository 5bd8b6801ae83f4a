// Truth values, element by element: bool operands, bool results.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

Tensor logical_and(Operand a, Operand b);
Tensor logical_or(Operand a, Operand b);
Tensor logical_xor(Operand a, Operand b);
Tensor logical_not(Operand x);

}  // namespace gradus
