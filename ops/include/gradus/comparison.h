// Comparisons, which give bool, and the choice between two values.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

// Anything compared with NaN is false, but not_equal is true. The operators == and != tell whether
// two handles are one node.
Tensor equal(Operand a, Operand b);
Tensor not_equal(Operand a, Operand b);
Tensor operator<(Operand a, Operand b);
Tensor operator<=(Operand a, Operand b);
Tensor operator>(Operand a, Operand b);
Tensor operator>=(Operand a, Operand b);

// a where the condition (bool) holds, b elsewhere; all three broadcast.
Tensor where(Operand condition, Operand a, Operand b);

}  // namespace gradus
