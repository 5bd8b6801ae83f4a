// Activation functions, element by element; float32 and float64.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

struct Op;

Tensor elu(Operand x, double alpha = 1.0);  // alpha is 0 or more
Tensor relu(Operand x);
Tensor sigmoid(Operand x);
Tensor softplus(Operand x);
Tensor tanh(Operand x);

extern const Op elu_op, relu_op, sigmoid_op, softplus_op, tanh_op;

}  // namespace gradus
