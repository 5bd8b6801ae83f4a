#include <gradus/exponential.h>

#include <gradus/arithmetic.h>
#include <gradus/no_nan.h>
#include <gradus/op/op.h>

namespace gradus {

// y = e^x;  dy/dx = y
extern constexpr Op exp_op{
    .name = "exp",
    .doc = "Exponential: y = e^x.",
    .operands = {"x"},
    .latex = {R"(e^{{x}})", Precedence::power},
    .kernel = elementwise<1>([](auto x) { return exp(x); }),
    .gradient = {[](const Call& f, Tensor dy, Tensor) { return multiply_no_nan(f.y(), dy); }},
    .gradient_text = {"dx = dy y; 0 where dy = 0"},
    .examples = {{exp, {0, 1}, "[1, 2.718282]"}},
};

// y = e^x - 1;  dy/dx = y + 1
extern constexpr Op expm1_op{
    .name = "expm1",
    .doc = "y = e^x - 1, exact near 0.",
    .operands = {"x"},
    .latex = R"((e^{{x}} - 1))",
    .kernel = elementwise<1>([](auto x) { return expm1(x); }),
    .gradient = {[](const Call& f, Tensor dy, Tensor) { return multiply_no_nan(f.y() + 1, dy); }},
    .gradient_text = {"dx = dy (y + 1); 0 where dy = 0"},
    .examples = {{expm1, {0, 1e-6}, "[0, 1e-06]"}},
};

// y = log(x);  dy/dx = 1 / x
extern constexpr Op log_op{
    .name = "log",
    .doc = "Natural logarithm: y = log(x); -inf at 0, NaN below.",
    .operands = {"x"},
    .latex = {R"(\log {x})", Precedence::prefix},
    .kernel = elementwise<1>([](auto x) { return log(x); }),
    .gradient = {[](Tensor dy, Tensor x) { return xdivy(dy, x); }},
    .gradient_text = {"dx = dy / x; 0 where dy = 0"},
    .examples = {{log, {1, 2, 0}, "[0, 0.6931472, -inf]"}},
};

// y = log(1 + x);  dy/dx = 1 / (1 + x)
extern constexpr Op log1p_op{
    .name = "log1p",
    .doc = "y = log(1 + x), exact near 0; -inf at -1, NaN below.",
    .operands = {"x"},
    .latex = {R"(\log(1 + {x}))", Precedence::call, Precedence::prefix},
    .kernel = elementwise<1>([](auto x) { return log1p(x); }),
    .gradient = {[](Tensor dy, Tensor x) { return xdivy(dy, 1 + x); }},
    .gradient_text = {"dx = dy / (1 + x); 0 where dy = 0"},
    .examples = {{log1p, {0, 1}, "[0, 0.6931472]"}},
};

Tensor exp(Operand x) { return add_node(exp_op, {&x}); }
Tensor expm1(Operand x) { return add_node(expm1_op, {&x}); }
Tensor log(Operand x) { return add_node(log_op, {&x}); }
Tensor log1p(Operand x) { return add_node(log1p_op, {&x}); }

}  // namespace gradus
