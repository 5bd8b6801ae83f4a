#include <gradus/hyperbolic.h>

#include <gradus/arithmetic.h>
#include <gradus/exponential.h>
#include <gradus/no_nan.h>
#include <gradus/op/op.h>
#include <gradus/powers.h>

namespace gradus {

// y = sinh(x);  dy/dx = cosh(x)
extern constexpr Op sinh_op{
    .name = "sinh",
    .doc = "Hyperbolic sine: y = (e^x - e^-x) / 2.",
    .operands = {"x"},
    .latex = {R"(\sinh {x})", Precedence::prefix},
    .kernel = elementwise<1>([](auto x) { return sinh(x); }),
    .gradient = {[](Tensor dy, Tensor x) { return multiply_no_nan(cosh(x), dy); }},
    .gradient_text = {"dx = dy cosh(x); 0 where dy = 0"},
    .examples = {{sinh, {0, 1}, "[0, 1.175201]"}},
};

// y = cosh(x);  dy/dx = sinh(x)
extern constexpr Op cosh_op{
    .name = "cosh",
    .doc = "Hyperbolic cosine: y = (e^x + e^-x) / 2.",
    .operands = {"x"},
    .latex = {R"(\cosh {x})", Precedence::prefix},
    .kernel = elementwise<1>([](auto x) { return cosh(x); }),
    .gradient = {[](Tensor dy, Tensor x) { return multiply_no_nan(sinh(x), dy); }},
    .gradient_text = {"dx = dy sinh(x); 0 where dy = 0"},
    .examples = {{cosh, {0, 1}, "[1, 1.543081]"}},
};

// y = asinh(x);  dy/dx = 1 / sqrt(x^2 + 1)
extern constexpr Op asinh_op{
    .name = "asinh",
    .doc = "Inverse of sinh: y = log(x + sqrt(x^2 + 1)).",
    .operands = {"x"},
    .latex = R"(\operatorname{arsinh}({x}))",
    .kernel = elementwise<1>([](auto x) { return asinh(x); }),
    .gradient = {[](Tensor dy, Tensor x) { return dy / hypot(x, 1); }},
    .gradient_text = {"dx = dy / hypot(x, 1)"},
    .examples = {{asinh, {0, 1}, "[0, 0.8813736]"}},
};

// y = acosh(x);  dy/dx = 1 / sqrt(x^2 - 1)
extern constexpr Op acosh_op{
    .name = "acosh",
    .doc = "Inverse of cosh, 0 or more; NaN below 1. The slope at 1 is inf.",
    .operands = {"x"},
    .latex = R"(\operatorname{arcosh}({x}))",
    .kernel = elementwise<1>([](auto x) { return acosh(x); }),
    .gradient = {[](Tensor dy, Tensor x) {
      const Tensor below = sqrt(x - 1);
      const Tensor above = sqrt(x + 1);
      return xdivy(dy, below * above);
    }},
    .gradient_text = {"dx = dy / (sqrt(x - 1) sqrt(x + 1)); 0 where dy = 0"},
    .examples = {{acosh, {1, 2}, "[0, 1.316958]"}},
};

// y = atanh(x);  dy/dx = 1 / (1 - x^2)
extern constexpr Op atanh_op{
    .name = "atanh",
    .doc = "Inverse of tanh; infinite at -1 and 1, NaN beyond.",
    .operands = {"x"},
    .latex = R"(\operatorname{artanh}({x}))",
    .kernel = elementwise<1>([](auto x) { return atanh(x); }),
    .gradient = {[](Tensor dy, Tensor x) {
      const Tensor below = 1 - x;
      const Tensor above = 1 + x;
      return xdivy(dy, below * above);
    }},
    .gradient_text = {"dx = dy / ((1 - x) (1 + x)); 0 where dy = 0"},
    .examples = {{atanh, {0, 0.5}, "[0, 0.5493061]"}},
};

// y = erf(x);  dy/dx = 2 e^(-x^2) / sqrt(pi)
extern constexpr Op erf_op{
    .name = "erf",
    .doc = "Error function: y = 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x.",
    .operands = {"x"},
    .kernel = elementwise<1>([](auto x) { return erf(x); }),
    .gradient = {[](Tensor dy, Tensor x) {
      return dy * (1.1283791670955125739 * exp(-square(x)));
    }},
    .gradient_text = {"dx = 2 dy e^(-x^2) / sqrt(pi)"},
    .examples = {{erf, {0, 1}, "[0, 0.8427008]"}},
};

Tensor sinh(Operand x) { return add_node(sinh_op, {&x}); }
Tensor cosh(Operand x) { return add_node(cosh_op, {&x}); }
Tensor asinh(Operand x) { return add_node(asinh_op, {&x}); }
Tensor acosh(Operand x) { return add_node(acosh_op, {&x}); }
Tensor atanh(Operand x) { return add_node(atanh_op, {&x}); }
Tensor erf(Operand x) { return add_node(erf_op, {&x}); }

}  // namespace gradus
