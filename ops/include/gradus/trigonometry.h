// Trigonometric functions and their inverses, element by element; float32 and float64.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

// Of angles of any size, in radians.
Tensor sin(Operand x);
Tensor cos(Operand x);
Tensor tan(Operand x);

// NaN beyond -1 and 1.
Tensor asin(Operand x);
Tensor acos(Operand x);
Tensor atan(Operand x);

// The angle of the point (b, a), from -pi to pi. The slope at (0, 0) is 0.
Tensor atan2(Operand a, Operand b);

}  // namespace gradus
