// Truth values, element by element: bool operands, bool results.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

struct Op;

Tensor logical_and(Operand a, Operand b);
Tensor logical_or(Operand a, Operand b);
Tensor logical_xor(Operand a, Operand b);
Tensor logical_not(Operand x);

extern const Op logical_and_op, logical_or_op, logical_xor_op, logical_not_op;

}  // namespace gradus
