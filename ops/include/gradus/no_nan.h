// Products and quotients in which an exact 0 wins over infinity and NaN.
//
//   xdivy(dy, x)              // the gradient of log: 0 where dy is 0, even if x is
//
// Gradients of functions whose slope is infinite somewhere are made of them: what `where` hides
// after it, it hides from the gradient, too.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

// float32 and float64
Tensor xdivy(Operand a, Operand b);            // a / b, but 0 where a is 0
Tensor multiply_no_nan(Operand a, Operand b);  // a b, but 0 where b is 0

}  // namespace gradus
