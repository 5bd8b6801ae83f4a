#include <gradus/arithmetic.h>

#include <gradus/comparison.h>
#include <gradus/no_nan.h>
#include <gradus/op/add_elementwise.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/shapes.h>

namespace gradus {

// y = a + b;  dy/da = 1,  dy/db = 1
extern constexpr Op add_op{
    .name = "add",
    .doc = "Sum: y = a + b.",
    .operands = {"a", "b"},
    .text = {"{a} + {b}", Precedence::sum},
    .latex = {"{a} + {b}", Precedence::sum},
    .dtype = same_number,
    .kernel = elementwise<2, DTypes::numbers>([](auto a, auto b) { return a + b; }),
    .gradient = {upstream, upstream},
    .gradient_text = {"da = dy", "db = dy"},
    .examples = {{[](Operand x) { return x + 3; }, {1, 2}, "[4, 5]"},
                 {[](Operand a, Operand b) { return a + b; },
                  {{1, 2}, {3, 4}},
                  {10, 20},
                  "[[11, 22], [13, 24]]"}},
};

// y = a - b;  dy/da = 1,  dy/db = -1
extern constexpr Op subtract_op{
    .name = "subtract",
    .doc = "Difference: y = a - b.",
    .operands = {"a", "b"},
    .text = {"{a} - {b}", Precedence::sum},
    .latex = {"{a} - {b}", Precedence::sum},
    .dtype = same_number,
    .kernel = elementwise<2, DTypes::numbers>([](auto a, auto b) { return a - b; }),
    .gradient = {upstream, [](Tensor dy, Tensor, Tensor) { return -dy; }},
    .gradient_text = {"da = dy", "db = -dy"},
    .examples = {{[](Operand x) { return 3 - x; }, {1, 5}, "[2, -2]"}},
};

namespace {

bool is_number(const Tensor& x) { return x.op_name() == constant_op.name && x.rank() == 0; }

// dy times the other factor; 0 where dy = 0, though the factor be infinite or NaN, as in
// where(x > 0, x log(x), 0). Beside a number there is nothing to guard.
Tensor times(const Tensor& dy, const Tensor& factor) {
  return is_number(dy) || is_number(factor) ? dy * factor : multiply_no_nan(factor, dy);
}

}  // namespace

// y = a b;  dy/da = b,  dy/db = a
extern constexpr Op multiply_op{
    .name = "multiply",
    .doc = "Product of elements: y = a b.",
    .operands = {"a", "b"},
    .text = {"{a} * {b}", Precedence::product},
    .latex = {R"({a} \odot {b})", Precedence::product},
    .dtype = same_number,
    .kernel = elementwise<2, DTypes::numbers>([](auto a, auto b) { return a * b; }),
    .gradient = {[](Tensor dy, Tensor, Tensor b) { return times(dy, b); },
                 [](Tensor dy, Tensor a, Tensor) { return times(dy, a); }},
    .gradient_text = {"da = dy b; 0 where dy = 0", "db = dy a; 0 where dy = 0"},
    .examples = {{[](Operand a, Operand b) { return a * b; }, {1, 2, 3}, {4, 5, 6}, "[4, 10, 18]"}},
};

// y = a / b;  dy/da = 1 / b,  dy/db = -y / b
extern constexpr Op divide_op{
    .name = "divide",
    .doc = "Quotient: y = a / b, as IEEE 754 has it: 1 / 0 is inf, 0 / 0 is NaN.",
    .operands = {"a", "b"},
    .text = {"{a} / {b}", Precedence::product},
    .latex = {R"(\frac{{a}}{{b}})", Precedence::power},
    .kernel = elementwise<2>([](auto a, auto b) { return a / b; }),
    .gradient = {[](Tensor dy, Tensor, Tensor b) { return is_number(b) ? dy / b : xdivy(dy, b); },
                 [](const Call& f, Tensor dy, Tensor, Tensor b) {
                   return -xdivy(multiply_no_nan(f.y(), dy), b);
                 }},
    .gradient_text = {"da = dy / b; 0 where dy = 0", "db = -dy y / b; 0 where dy = 0"},
    .examples = {{[](Operand x) { return x / 2; }, {1, 3}, "[0.5, 1.5]"},
                 {[](Operand x) { return x / 0; }, {1, 0}, "[inf, nan]"}},
};

// y = -x;  dy/dx = -1
extern constexpr Op negative_op{
    .name = "negative",
    .doc = "Negation: y = -x.",
    .operands = {"x"},
    .text = {"-{x}", Precedence::sum},
    .latex = {"-{x}", Precedence::sum},
    .dtype = same_number,
    .kernel = elementwise<1, DTypes::numbers>([](auto x) { return -x; }),
    .gradient = {[](Tensor dy, Tensor) { return -dy; }},
    .gradient_text = {"dx = -dy"},
    .examples = {{[](Operand x) { return -x; }, {1, -2}, "[-1, 2]"}},
};

// y = x^2;  dy/dx = 2 x
extern constexpr Op square_op{
    .name = "square",
    .doc = "Square: y = x^2.",
    .operands = {"x"},
    .text = {"{x}^2", Precedence::power},
    .latex = {"{x}^{2}", Precedence::power},
    .dtype = same_number,
    .kernel = elementwise<1, DTypes::numbers>([](auto x) { return x * x; }),
    .gradient = {[](Tensor dy, Tensor x) { return dy * (2 * x); }},
    .gradient_text = {"dx = 2 x dy"},
    .examples = {{square, {-3, 2}, "[9, 4]"}},
};

// y = sqrt(x);  dy/dx = 1 / (2 y)
extern constexpr Op sqrt_op{
    .name = "sqrt",
    .doc = "Square root: y = sqrt(x); NaN below 0. The slope at 0 is inf.",
    .operands = {"x"},
    .latex = R"(\sqrt{{x}})",
    .kernel = elementwise<1>([](auto x) { return sqrt(x); }),
    .gradient = {[](const Call& f, Tensor dy, Tensor) { return xdivy(dy, 2 * f.y()); }},
    .gradient_text = {"dx = dy / (2 y); 0 where dy = 0"},
    .examples = {{sqrt, {0, 4, -1}, "[0, 2, nan]"}},
};

// y = |x|;  dy/dx = sign(x)
extern constexpr Op abs_op{
    .name = "abs",
    .doc = "Absolute value: y = |x|. The slope at 0 is 0.",
    .operands = {"x"},
    .latex = R"(\left|{x}\right|)",
    .dtype = same_number,
    .kernel = elementwise<1, DTypes::numbers>([](auto x) { return abs(x); }),
    .gradient = {[](Tensor dy, Tensor x) { return dy * sign(x); }},
    .gradient_text = {"dx = dy sign(x)"},
    .examples = {{abs, {-1.5, 2}, "[1.5, 2]"}},
};

// y = -1, 0 or 1;  dy/dx = 0
extern constexpr Op sign_op{
    .name = "sign",
    .doc = "Sign: y = -1 if x < 0, 0 if x = 0, 1 if x > 0; NaN of NaN. The slope is 0 everywhere.",
    .operands = {"x"},
    .dtype = same_number,
    .kernel = elementwise<1, DTypes::numbers>(
        [](auto x) { return where(x > 0, 1, where(x < 0, -1, x)); }),
    .gradient = {[](Tensor, Tensor x) { return zeros_like(x); }},
    .gradient_text = {"dx = 0"},
    .examples = {{sign, {-3, 0, 2}, "[-1, 0, 1]"}},
};

namespace {

// dy for the larger operand, half of it for each at a tie.
Tensor share(const Tensor& dy, const Tensor& mine, const Tensor& other) {
  const Tensor half = 0.5 * dy;
  const Tensor at_tie = where(equal(mine, other), half, 0);
  return where(mine > other, dy, at_tie);
}

}  // namespace

// y = max(a, b);  dy/da = 1 if a > b, 1/2 if a = b, 0 if a < b
extern constexpr Op maximum_op{
    .name = "maximum",
    .doc = "The larger: y = max(a, b); NaN if either is. At a tie each operand has slope 1/2.",
    .operands = {"a", "b"},
    .latex = R"(\max({a}, {b}))",
    .dtype = same_number,
    .kernel = elementwise<2, DTypes::numbers>([](auto a, auto b) { return maximum(a, b); }),
    .gradient = {[](Tensor dy, Tensor a, Tensor b) { return share(dy, a, b); },
                 [](Tensor dy, Tensor a, Tensor b) { return share(dy, b, a); }},
    .gradient_text = {"da = dy where a > b, dy / 2 where a = b, 0 elsewhere",
                      "db = dy where b > a, dy / 2 where a = b, 0 elsewhere"},
    .examples = {{maximum, {1, 5}, {4, 2}, "[4, 5]"}},
};

// y = min(a, b);  dy/da = 1 if a < b, 1/2 if a = b, 0 if a > b
extern constexpr Op minimum_op{
    .name = "minimum",
    .doc = "The smaller: y = min(a, b); NaN if either is. At a tie each operand has slope 1/2.",
    .operands = {"a", "b"},
    .latex = R"(\min({a}, {b}))",
    .dtype = same_number,
    .kernel = elementwise<2, DTypes::numbers>([](auto a, auto b) { return minimum(a, b); }),
    .gradient = {[](Tensor dy, Tensor a, Tensor b) { return share(dy, b, a); },
                 [](Tensor dy, Tensor a, Tensor b) { return share(dy, a, b); }},
    .gradient_text = {"da = dy where a < b, dy / 2 where a = b, 0 elsewhere",
                      "db = dy where b < a, dy / 2 where a = b, 0 elsewhere"},
    .examples = {{minimum, {1, 5}, {4, 2}, "[1, 2]"}},
};

Tensor add(Operand a, Operand b) { return add_elementwise(add_op, {&a, &b}); }
Tensor subtract(Operand a, Operand b) { return add_elementwise(subtract_op, {&a, &b}); }
Tensor multiply(Operand a, Operand b) { return add_elementwise(multiply_op, {&a, &b}); }
Tensor divide(Operand a, Operand b) { return add_elementwise(divide_op, {&a, &b}); }
Tensor negative(Operand x) { return add_node(negative_op, {&x}); }
Tensor square(Operand x) { return add_node(square_op, {&x}); }
Tensor sqrt(Operand x) { return add_node(sqrt_op, {&x}); }
Tensor abs(Operand x) { return add_node(abs_op, {&x}); }
Tensor sign(Operand x) { return add_node(sign_op, {&x}); }
Tensor maximum(Operand a, Operand b) { return add_elementwise(maximum_op, {&a, &b}); }
Tensor minimum(Operand a, Operand b) { return add_elementwise(minimum_op, {&a, &b}); }

Tensor operator+(Operand a, Operand b) { return add_elementwise(add_op, {&a, &b}); }
Tensor operator-(Operand a, Operand b) { return add_elementwise(subtract_op, {&a, &b}); }
Tensor operator*(Operand a, Operand b) { return add_elementwise(multiply_op, {&a, &b}); }
Tensor operator/(Operand a, Operand b) { return add_elementwise(divide_op, {&a, &b}); }
Tensor operator-(Operand x) { return add_node(negative_op, {&x}); }

Tensor& operator+=(Tensor& a, Operand b) { return a = Operand(a, b.where()) + b; }
Tensor& operator-=(Tensor& a, Operand b) { return a = Operand(a, b.where()) - b; }
Tensor& operator*=(Tensor& a, Operand b) { return a = Operand(a, b.where()) * b; }
Tensor& operator/=(Tensor& a, Operand b) { return a = Operand(a, b.where()) / b; }

}  // namespace gradus
