// Whole quotients and remainders as Python and NumPy have them, and limits.
#pragma once

#include <vector>

#include <gradus/tensor.h>

namespace gradus {

// The largest whole number not above a / b, and what it leaves: a = floor_divide(a, b) b + mod(a,
// b), and mod has the sign of b. Integers by 0: DataError of the run. The gradient takes the
// quotient as constant.
Tensor floor_divide(Operand a, Operand b);
Tensor mod(Operand a, Operand b);

// x, but no smaller than low and no larger than high; NaN of NaN. GraphError if low > high, or if
// either is NaN. The slope is 1 from low to high, both included, and 0 outside.
Tensor clip(Operand x, double low, double high);

// The sum of one or more tensors, from left to right.
Tensor add_n(const std::vector<Operand>& operands);

}  // namespace gradus
