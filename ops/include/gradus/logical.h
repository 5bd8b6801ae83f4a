// Truth values, element by element: bool operands, bool results. The ops are called logical_and,
// logical_or, logical_xor and logical_not.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

Tensor operator&(Operand a, Operand b);
Tensor operator|(Operand a, Operand b);
Tensor operator^(Operand a, Operand b);
Tensor operator~(Operand x);

}  // namespace gradus
