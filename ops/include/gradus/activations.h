// Activation functions, element by element; float32 and float64.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

Tensor elu(Operand x, double alpha = 1.0);  // alpha is 0 or more
Tensor relu(Operand x);
Tensor leaky_relu(Operand x, double alpha = 0.2);
Tensor prelu(Operand x, Operand slope);  // the slope left of 0, with broadcasting
Tensor selu(Operand x);
Tensor celu(Operand x, double alpha = 1.0);  // alpha is above 0

// Smooth, but for hard_sigmoid.
Tensor sigmoid(Operand x);
Tensor log_sigmoid(Operand x);
Tensor hard_sigmoid(Operand x);
Tensor softplus(Operand x);
Tensor softsign(Operand x);
Tensor tanh(Operand x);
Tensor silu(Operand x);
Tensor mish(Operand x);
Tensor gelu(Operand x, bool approximate = false);  // by erf, or by tanh

}  // namespace gradus
