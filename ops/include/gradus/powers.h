// Powers, roots and distances, element by element.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

// float32 and float64
Tensor reciprocal(Operand x);
Tensor rsqrt(Operand x);             // 1 / sqrt(x)
Tensor log2(Operand x);              // exact for powers of 2
Tensor hypot(Operand a, Operand b);  // sqrt(a^2 + b^2) without overflow; the slope at (0, 0) is 0

Tensor squared_difference(Operand a, Operand b);  // (a - b)^2, of all numbers

// a^b, of all numbers. Integers wrap; a negative exponent is a DataError of the run unless a is 1
// or -1. The slope of a is 0 where b = 0; the slope of b is y log(a) where a > 0, 0 elsewhere.
Tensor power(Operand a, Operand b);

}  // namespace gradus
