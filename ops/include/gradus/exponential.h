// Exponentials and logarithms, element by element; float32 and float64.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

Tensor exp(Operand x);
Tensor expm1(Operand x);  // e^x - 1, exact near 0
Tensor log(Operand x);    // -inf at 0, NaN below
Tensor log1p(Operand x);  // log(1 + x), exact near 0

}  // namespace gradus
