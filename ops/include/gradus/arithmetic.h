// Sums, products and their relatives: element by element, with broadcasting.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

Tensor add(Operand a, Operand b);
Tensor subtract(Operand a, Operand b);
Tensor multiply(Operand a, Operand b);
Tensor divide(Operand a, Operand b);  // floats alone; IEEE: 1 / 0 is inf, 0 / 0 is NaN
Tensor negative(Operand x);
Tensor square(Operand x);
Tensor sqrt(Operand x);
Tensor abs(Operand x);
Tensor sign(Operand x);                // -1, 0 or 1; NaN of NaN
Tensor maximum(Operand a, Operand b);  // NaN if either is; ties share the gradient
Tensor minimum(Operand a, Operand b);

Tensor operator+(Operand a, Operand b);
Tensor operator-(Operand a, Operand b);
Tensor operator*(Operand a, Operand b);
Tensor operator/(Operand a, Operand b);
Tensor operator-(Operand x);

// loss += 1e-4 * l2(W): the handle moves on to a new node.
Tensor& operator+=(Tensor& a, Operand b);
Tensor& operator-=(Tensor& a, Operand b);
Tensor& operator*=(Tensor& a, Operand b);
Tensor& operator/=(Tensor& a, Operand b);
// A Variable would silently turn into another node: use assign.
Tensor& operator+=(Variable&, Operand) = delete;
Tensor& operator-=(Variable&, Operand) = delete;
Tensor& operator*=(Variable&, Operand) = delete;
Tensor& operator/=(Variable&, Operand) = delete;

}  // namespace gradus
