#include <gradus/activation_gradients.h>

#include <gradus/arithmetic.h>
#include <gradus/comparison.h>
#include <gradus/op/add_elementwise.h>
#include <gradus/op/attribute.h>
#include <gradus/op/op.h>

#include "float_with_alpha.h"

namespace gradus {

using attributes::alpha;

// dx = dy if y > 0, dy (y + alpha) elsewhere;  ddx/dy = 0 if y > 0, dy elsewhere
// The sign of y tells the branch because alpha is not negative.
extern constexpr Op elu_grad_op{
    .name = "elu_grad",
    .doc = "The gradient of y = elu(x): dx = dy if y > 0, dy (y + alpha) elsewhere.",
    .operands = {"dy", "y"},
    .attributes = {&alpha},
    .latex = {R"(\operatorname{elu}'_{{y}} \odot {dy})", Precedence::product},
    .dtype = float_with_alpha_from_0,
    .kernel =
        elementwise<3>([](auto dy, auto y, auto a) { return where(y > 0, dy, dy * (y + a)); }),
    .parameters = {&alpha},
    .gradient = {
        [](const Call& f, Tensor ddx, Tensor, Tensor y) { return elu_grad(ddx, y, f[alpha]); },
        [](Tensor ddx, Tensor dy, Tensor y) {
          const Tensor below = ddx * dy;
          return where(y > 0, 0, below);
        }},
    .gradient_text = {"ddy = ddx where y > 0, ddx (y + alpha) elsewhere",
                      "dy = 0 where y > 0, ddx dy elsewhere"},
    .examples = {{[](Operand dy, Operand y) { return elu_grad(dy, y); },
                  {1, 2, 3},
                  {-0.25, 0, 5},
                  "[0.75, 2, 3]"}},
};

// dx = dy if x > 0, 0 elsewhere;  ddx/dx = 0
extern constexpr Op relu_grad_op{
    .name = "relu_grad",
    .doc = "The gradient of relu(x): dx = dy if x > 0, 0 elsewhere.",
    .operands = {"dy", "x"},
    .latex = {R"(\operatorname{relu}'_{{x}} \odot {dy})", Precedence::product},
    .kernel = elementwise<2>([](auto dy, auto x) { return where(x > 0, dy, 0); }),
    .gradient = {[](Tensor ddx, Tensor, Tensor x) { return relu_grad(ddx, x); }, {}},
    .gradient_text = {"ddy = ddx where x > 0, 0 elsewhere", ""},
    .examples = {{relu_grad, {1, 2, 3}, {-1, 0, 5}, "[0, 0, 3]"}},
};

// dx = dy y (1 - y);  ddx/dy = dy (1 - 2 y)
extern constexpr Op sigmoid_grad_op{
    .name = "sigmoid_grad",
    .doc = "The gradient of y = sigmoid(x): dx = dy y (1 - y).",
    .operands = {"dy", "y"},
    .latex = {R"(\operatorname{sigmoid}'_{{y}} \odot {dy})", Precedence::product},
    .kernel = elementwise<2>([](auto dy, auto y) { return dy * y * (1 - y); }),
    .gradient = {[](Tensor ddx, Tensor, Tensor y) { return sigmoid_grad(ddx, y); },
                 [](Tensor ddx, Tensor dy, Tensor y) {
                   const Tensor slope = 1 - 2 * y;
                   return ddx * dy * slope;
                 }},
    .gradient_text = {"ddy = ddx y (1 - y)", "dy = ddx dy (1 - 2 y)"},
    .examples = {{sigmoid_grad, {1, 4}, {0.5, 0.75}, "[0.25, 0.75]"}},
};

// dx = dy (1 - y^2);  ddx/dy = -2 dy y
extern constexpr Op tanh_grad_op{
    .name = "tanh_grad",
    .doc = "The gradient of y = tanh(x): dx = dy (1 - y^2).",
    .operands = {"dy", "y"},
    .latex = {R"(\operatorname{tanh}'_{{y}} \odot {dy})", Precedence::product},
    .kernel = elementwise<2>([](auto dy, auto y) { return dy * ((1 - y) * (1 + y)); }),
    .gradient = {[](Tensor ddx, Tensor, Tensor y) { return tanh_grad(ddx, y); },
                 [](Tensor ddx, Tensor dy, Tensor y) {
                   const Tensor slope = -2 * y;
                   return ddx * dy * slope;
                 }},
    .gradient_text = {"ddy = ddx (1 - y^2)", "dy = -2 ddx dy y"},
    .examples = {{tanh_grad, {1, 4}, {0, 0.5}, "[1, 3]"}},
};

Tensor elu_grad(Operand dy, Operand y, double alpha_value) {
  return add_elementwise(elu_grad_op, {&dy, &y}, {alpha = alpha_value});
}
Tensor relu_grad(Operand dy, Operand x) { return add_elementwise(relu_grad_op, {&dy, &x}); }
Tensor sigmoid_grad(Operand dy, Operand y) { return add_elementwise(sigmoid_grad_op, {&dy, &y}); }
Tensor tanh_grad(Operand dy, Operand y) { return add_elementwise(tanh_grad_op, {&dy, &y}); }

}  // namespace gradus
