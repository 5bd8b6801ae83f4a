// Whole numbers next to x, and tests for NaN and infinity, element by element; all numbers.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

// Integers as they are. The slope is 0 everywhere.
Tensor floor(Operand x);
Tensor ceil(Operand x);
Tensor round(Operand x);  // halves go to the even side

// bool
Tensor is_nan(Operand x);
Tensor is_finite(Operand x);

}  // namespace gradus
