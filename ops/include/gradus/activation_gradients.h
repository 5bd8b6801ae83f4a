// The gradients of activations whose derivative is one formula of their result or operand: one
// node and one sweep each, where the rule in terms of other ops would need up to four.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

// dx of an activation, from its upstream gradient dy and its result y or operand x.
Tensor elu_grad(Operand dy, Operand y, double alpha = 1.0);
Tensor relu_grad(Operand dy, Operand x);
Tensor sigmoid_grad(Operand dy, Operand y);
Tensor tanh_grad(Operand dy, Operand y);

}  // namespace gradus
