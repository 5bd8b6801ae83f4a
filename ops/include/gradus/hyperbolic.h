// Hyperbolic functions, their inverses, and erf, element by element; float32 and float64.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

Tensor sinh(Operand x);
Tensor cosh(Operand x);
Tensor asinh(Operand x);
Tensor acosh(Operand x);  // NaN below 1
Tensor atanh(Operand x);  // infinite at -1 and 1, NaN beyond
Tensor erf(Operand x);    // 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x

}  // namespace gradus
