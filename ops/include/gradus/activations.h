// Activation functions, element by element; float32 and float64.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

Tensor elu(Operand x, double alpha = 1.0);  // alpha is 0 or more
Tensor relu(Operand x);
Tensor leaky_relu(Operand x, double alpha = 0.2);
Tensor prelu(Operand x, Operand slope);      // the slope left of 0, with broadcasting
Tensor selu(Operand x);                      // 1.0507 elu(x, 1.6733)
Tensor celu(Operand x, double alpha = 1.0);  // alpha is above 0

// Smooth, but for hard_sigmoid.
Tensor sigmoid(Operand x);       // 1 / (1 + e^-x)
Tensor log_sigmoid(Operand x);   // -log(1 + e^-x)
Tensor hard_sigmoid(Operand x);  // (x + 3) / 6, cut to [0, 1]
Tensor softplus(Operand x);      // log(1 + e^x)
Tensor softsign(Operand x);      // x / (1 + |x|)
Tensor tanh(Operand x);
Tensor silu(Operand x);                            // x sigmoid(x)
Tensor mish(Operand x);                            // x tanh(softplus(x))
Tensor gelu(Operand x, bool approximate = false);  // by erf, or by tanh

}  // namespace gradus
