// Activations without a kink: sigmoid, tanh and what is made of them. The others are in
// activations.cpp.
#include <gradus/activations.h>

#include <gradus/activation_gradients.h>
#include <gradus/arithmetic.h>
#include <gradus/comparison.h>
#include <gradus/exponential.h>
#include <gradus/hyperbolic.h>
#include <gradus/no_nan.h>
#include <gradus/op/op.h>

namespace gradus {

// y = 1 / (1 + e^-x);  dy/dx = y (1 - y)
extern constexpr Op sigmoid_op{
    .name = "sigmoid",
    .doc = "Logistic function: y = 1 / (1 + e^-x).",
    .operands = {"x"},
    .latex = R"(\sigma({x}))",
    .kernel = elementwise<1>([](auto x) {
      const auto e = exp(-abs(x));  // never overflows
      return where(x < 0, e, 1) / (1 + e);
    }),
    .gradient = {[](const Call& f, Tensor dy, Tensor) { return sigmoid_grad(dy, f.y()); }},
    .gradient_text = {"dx = dy y (1 - y)"},
    .examples = {{sigmoid, {0, 2}, "[0.5, 0.8807971]"}},
};

// y = log(1 + e^x);  dy/dx = sigmoid(x)
extern constexpr Op softplus_op{
    .name = "softplus",
    .doc = "Smooth relu: y = log(1 + e^x).",
    .operands = {"x"},
    .kernel = elementwise<1>([](auto x) { return where(x < 0, 0, x) + log1p(exp(-abs(x))); }),
    .gradient = {[](Tensor dy, Tensor x) { return dy * sigmoid(x); }},
    .gradient_text = {"dx = dy sigmoid(x)"},
    .examples = {{softplus, {0, 2}, "[0.6931472, 2.126928]"}},
};

// y = tanh(x);  dy/dx = 1 - y^2
extern constexpr Op tanh_op{
    .name = "tanh",
    .doc = "Hyperbolic tangent: y = (e^x - e^-x) / (e^x + e^-x).",
    .operands = {"x"},
    .latex = R"(\tanh({x}))",
    .kernel = elementwise<1>([](auto x) { return tanh(x); }),
    .gradient = {[](const Call& f, Tensor dy, Tensor) { return tanh_grad(dy, f.y()); }},
    .gradient_text = {"dx = dy (1 - y^2)"},
    .examples = {{tanh, {0, 1}, "[0, 0.7615942]"}},
};

// y = log(1 / (1 + e^-x));  dy/dx = 1 / (1 + e^x)
extern constexpr Op log_sigmoid_op{
    .name = "log_sigmoid",
    .doc = "Logarithm of the logistic function: y = -log(1 + e^-x).",
    .operands = {"x"},
    .latex = {R"(\log \sigma({x}))", Precedence::prefix},
    .kernel = elementwise<1>([](auto x) { return where(x < 0, x, 0) - log1p(exp(-abs(x))); }),
    .gradient = {[](Tensor dy, Tensor x) { return dy * sigmoid(-x); }},
    .gradient_text = {"dx = dy sigmoid(-x)"},
    .examples = {{log_sigmoid, {0, -200}, "[-0.6931472, -200]"}},
};

// y = (x + 3) / 6 within 0 and 1;  dy/dx = 1/6 where -3 < x < 3, 0 elsewhere
extern constexpr Op hard_sigmoid_op{
    .name = "hard_sigmoid",
    .doc = "Piecewise linear sigmoid: y = (x + 3) / 6, cut to 0 and 1. The slope at -3 and 3 is 0.",
    .operands = {"x"},
    .latex = R"(\operatorname{hsigmoid}({x}))",
    .kernel = elementwise<1>([](auto x) { return where(x < -3, 0, where(x > 3, 1, (x + 3) / 6)); }),
    .gradient = {[](Tensor dy, Tensor x) {
      const Tensor inside = dy / 6;
      return where(abs(x) < 3, inside, 0);
    }},
    .gradient_text = {"dx = dy / 6 where |x| < 3, 0 elsewhere"},
    .examples = {{hard_sigmoid, {-4, 0, 1.5}, "[0, 0.5, 0.75]"}},
};

// y = x / (1 + |x|);  dy/dx = 1 / (1 + |x|)^2
extern constexpr Op softsign_op{
    .name = "softsign",
    .doc = "y = x / (1 + |x|), between -1 and 1.",
    .operands = {"x"},
    .latex = {R"(\frac{{x}}{1 + |{x}|})", Precedence::power},
    .kernel = elementwise<1>([](auto x) {
      return where(abs(x) == highest(x), with_sign_of(decltype(x)(1), x), x / (1 + abs(x)));
    }),
    .gradient = {[](Tensor dy, Tensor x) { return dy / square(1 + abs(x)); }},
    .gradient_text = {"dx = dy / (1 + |x|)^2"},
    .examples = {{softsign, {-1, 0, 3}, "[-0.5, 0, 0.75]"}},
};

// y = x sigmoid(x);  dy/dx = s + y (1 - s) with s = sigmoid(x)
extern constexpr Op silu_op{
    .name = "silu",
    .doc = "Sigmoid linear unit, or swish: y = x / (1 + e^-x); 0 at -inf.",
    .operands = {"x"},
    .latex = {R"({x} \sigma({x}))", Precedence::product},
    .kernel = elementwise<1>([](auto x) {
      const auto far = -abs(x);
      return where(x < 0, times_exp(maximum(x, decltype(x)(-1000)), far), x) / (1 + exp(far));
    }),
    .gradient = {[](const Call& f, Tensor dy, Tensor x) {
      const Tensor s = sigmoid(x);
      const Tensor rest = f.y() * sigmoid(-x);
      return dy * (s + rest);
    }},
    .gradient_text = {"dx = dy (s + y (1 - s)) with s = sigmoid(x)"},
    .examples = {{silu, {-1, 0, 2}, "[-0.2689414, 0, 1.761594]"}},
};

// y = x tanh(log(1 + e^x));  dy/dx = t + x (1 - t^2) sigmoid(x) with t = tanh(softplus(x))
extern constexpr Op mish_op{
    .name = "mish",
    .doc = "y = x tanh(softplus(x)); 0 at -inf.",
    .operands = {"x"},
    .latex = {R"({x} \tanh(\operatorname{softplus}({x})))", Precedence::product},
    // With e = e^-|x|, tanh(softplus(x)) is (1 + 2 e) / (1 + 2 e + 2 e^2) if x > 0, and
    // e (2 + e) / (2 + 2 e + e^2) if not.
    .kernel = elementwise<1>([](auto x) {
      const auto e = exp(-abs(x));
      const auto above = x * (1 + 2 * e) / (1 + 2 * e + 2 * e * e);
      const auto small = times_exp(maximum(x, decltype(x)(-1000)), -abs(x));
      const auto below = small * (2 + e) / (2 + 2 * e + e * e);
      return where(x > 0, above, below);
    }),
    .gradient = {[](Tensor dy, Tensor x) {
      const Tensor t = tanh(softplus(x));
      const Tensor s = sigmoid(x);
      const Tensor rest = x * (1 - square(t)) * s;
      return dy * (t + rest);
    }},
    .gradient_text = {"dx = dy (t + x (1 - t^2) sigmoid(x)) with t = tanh(softplus(x))"},
    .examples = {{mish, {-1, 0, 2}, "[-0.3034015, 0, 1.943959]"}},
};

// y = x Phi(x);  dy/dx = Phi(x) + x phi(x), the normal distribution's function and density
extern constexpr Op gelu_op{
    .name = "gelu",
    .doc = "Gaussian error linear unit: y = x Phi(x) = x (1 + erf(x / sqrt(2))) / 2; 0 at -inf.",
    .operands = {"x"},
    .latex = {R"({x} \, \Phi({x}))", Precedence::product},
    .kernel = elementwise<1>([](auto x) { return gelu(x); }),
    .gradient = {[](Tensor dy, Tensor x) {
      constexpr double inverse_root_2_pi = 0.39894228040143267794;
      constexpr double root_half = 0.70710678118654752440;
      const Tensor density = inverse_root_2_pi * exp(-0.5 * square(x));
      const Tensor probability = 0.5 * (1 + erf(root_half * x));
      const Tensor rest = x * density;
      return dy * (probability + rest);
    }},
    .gradient_text = {"dx = dy (Phi(x) + x e^(-x^2 / 2) / sqrt(2 pi))"},
    .examples = {{[](Operand x) { return gelu(x); }, {-1, 0, 2}, "[-0.1586553, 0, 1.9545]"}},
};

// y = x sigmoid(2 z) with z = sqrt(2 / pi) (x + 0.044715 x^3);  dy/dx = s + 2 x dz/dx s (1 - s)
extern constexpr Op gelu_tanh_op{
    .name = "gelu_tanh",
    .doc =
        "Gelu by its approximation y = x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2; 0 at "
        "-inf.",
    .operands = {"x"},
    .latex = R"(\operatorname{gelu}_{\tanh}({x}))",
    .kernel = elementwise<1>([](auto x) { return gelu_tanh(x); }),
    .gradient = {[](Tensor dy, Tensor x) {
      constexpr double factor = 1.5957691216057307118, cubic = 0.044715;  // 2 sqrt(2 / pi)
      const Tensor square_of_x = square(x);
      const Tensor growth = 1 + cubic * square_of_x;
      const Tensor z2 = factor * x * growth;
      const Tensor s = sigmoid(z2);
      const Tensor slope = factor * (1 + 3 * cubic * square_of_x);
      // Far out x dz/dx is infinite, and s (1 - s) is 0.
      const Tensor width = s * sigmoid(-z2);
      return dy * (s + multiply_no_nan(x * slope, width));
    }},
    .gradient_text = {"dx = dy (s + 2 x dz/dx s (1 - s)) with s = sigmoid(2 z)"},
    .examples = {{[](Operand x) { return gelu(x, true); }, {-1, 0, 2}, "[-0.158808, 0, 1.954598]"}},
};

Tensor sigmoid(Operand x) { return add_node(sigmoid_op, {&x}); }
Tensor softplus(Operand x) { return add_node(softplus_op, {&x}); }
Tensor tanh(Operand x) { return add_node(tanh_op, {&x}); }
Tensor log_sigmoid(Operand x) { return add_node(log_sigmoid_op, {&x}); }
Tensor hard_sigmoid(Operand x) { return add_node(hard_sigmoid_op, {&x}); }
Tensor softsign(Operand x) { return add_node(softsign_op, {&x}); }
Tensor silu(Operand x) { return add_node(silu_op, {&x}); }
Tensor gelu(Operand x, bool approximate) {
  return add_node(approximate ? gelu_tanh_op : gelu_op, {&x});
}
Tensor mish(Operand x) { return add_node(mish_op, {&x}); }

}  // namespace gradus
