#include <gradus/trigonometry.h>

#include <gradus/arithmetic.h>
#include <gradus/comparison.h>
#include <gradus/no_nan.h>
#include <gradus/op/add_elementwise.h>
#include <gradus/op/op.h>
#include <gradus/powers.h>

namespace gradus {

namespace {

// x / (a^2 + b^2) without overflow; 0 where that is 0 / 0.
Tensor turn(const Tensor& x, const Tensor& a, const Tensor& b) {
  const Tensor radius = hypot(a, b);
  const Tensor divisor = where(equal(radius, 0), 1, radius);
  return x / divisor / divisor;
}

}  // namespace

// y = sin(x);  dy/dx = cos(x)
extern constexpr Op sin_op{
    .name = "sin",
    .doc = "Sine of an angle of any size: y = sin(x).",
    .operands = {"x"},
    .latex = {R"(\sin {x})", Precedence::prefix},
    .kernel = elementwise<1>([](auto x) { return sin(x); }),
    .gradient = {[](Tensor dy, Tensor x) { return dy * cos(x); }},
    .gradient_text = {"dx = dy cos(x)"},
    .examples = {{sin, {0, 1}, "[0, 0.841471]"}},
};

// y = cos(x);  dy/dx = -sin(x)
extern constexpr Op cos_op{
    .name = "cos",
    .doc = "Cosine of an angle of any size: y = cos(x).",
    .operands = {"x"},
    .latex = {R"(\cos {x})", Precedence::prefix},
    .kernel = elementwise<1>([](auto x) { return cos(x); }),
    .gradient = {[](Tensor dy, Tensor x) {
      const Tensor slope = sin(x);
      return -dy * slope;
    }},
    .gradient_text = {"dx = -dy sin(x)"},
    .examples = {{cos, {0, 1}, "[1, 0.5403023]"}},
};

// y = tan(x);  dy/dx = 1 + y^2
extern constexpr Op tan_op{
    .name = "tan",
    .doc = "Tangent: y = tan(x).",
    .operands = {"x"},
    .latex = {R"(\tan {x})", Precedence::prefix},
    .kernel = elementwise<1>([](auto x) { return tan(x); }),
    .gradient = {[](const Call& f, Tensor dy, Tensor) { return dy * (1 + square(f.y())); }},
    .gradient_text = {"dx = dy (1 + y^2)"},
    .examples = {{tan, {0, 1}, "[0, 1.557408]"}},
};

// y = asin(x);  dy/dx = 1 / sqrt(1 - x^2)
extern constexpr Op asin_op{
    .name = "asin",
    .doc = "Angle from -pi/2 to pi/2 whose sine is x; NaN beyond -1 and 1. The slope there is inf.",
    .operands = {"x"},
    .latex = {R"(\arcsin {x})", Precedence::prefix},
    .kernel = elementwise<1>([](auto x) { return asin(x); }),
    .gradient = {[](Tensor dy, Tensor x) {
      const Tensor below = 1 - x;
      const Tensor above = 1 + x;
      return xdivy(dy, sqrt(below * above));
    }},
    .gradient_text = {"dx = dy / sqrt((1 - x) (1 + x)); 0 where dy = 0"},
    .examples = {{asin, {0, 1}, "[0, 1.570796]"}},
};

// y = acos(x);  dy/dx = -1 / sqrt(1 - x^2)
extern constexpr Op acos_op{
    .name = "acos",
    .doc = "Angle from 0 to pi whose cosine is x; NaN beyond -1 and 1. The slope there is -inf.",
    .operands = {"x"},
    .latex = {R"(\arccos {x})", Precedence::prefix},
    .kernel = elementwise<1>([](auto x) { return acos(x); }),
    .gradient = {[](Tensor dy, Tensor x) {
      const Tensor below = 1 - x;
      const Tensor above = 1 + x;
      return -xdivy(dy, sqrt(below * above));
    }},
    .gradient_text = {"dx = -dy / sqrt((1 - x) (1 + x)); 0 where dy = 0"},
    .examples = {{acos, {1, 0}, "[0, 1.570796]"}},
};

// y = atan(x);  dy/dx = 1 / (1 + x^2)
extern constexpr Op atan_op{
    .name = "atan",
    .doc = "Angle from -pi/2 to pi/2 whose tangent is x.",
    .operands = {"x"},
    .latex = {R"(\arctan {x})", Precedence::prefix},
    .kernel = elementwise<1>([](auto x) { return atan(x); }),
    .gradient = {[](Tensor dy, Tensor x) { return dy / (1 + square(x)); }},
    .gradient_text = {"dx = dy / (1 + x^2)"},
    .examples = {{atan, {0, 1}, "[0, 0.7853982]"}},
};

// y = atan2(a, b);  dy/da = b / (a^2 + b^2),  dy/db = -a / (a^2 + b^2)
extern constexpr Op atan2_op{
    .name = "atan2",
    .doc =
        "Angle of the point (b, a), from -pi to pi; of zeros as C has it. The slope at (0, 0) is "
        "0.",
    .operands = {"a", "b"},
    .kernel = elementwise<2>([](auto a, auto b) { return atan2(a, b); }),
    .gradient = {[](Tensor dy, Tensor a, Tensor b) { return multiply_no_nan(turn(b, a, b), dy); },
                 [](Tensor dy, Tensor a, Tensor b) { return -multiply_no_nan(turn(a, a, b), dy); }},
    .gradient_text = {"da = dy b / (a^2 + b^2); 0 at (0, 0)",
                      "db = -dy a / (a^2 + b^2); 0 at (0, 0)"},
    .examples = {{atan2, {1, 1}, {1, -1}, "[0.7853982, 2.356194]"}},
};

Tensor sin(Operand x) { return add_node(sin_op, {&x}); }
Tensor cos(Operand x) { return add_node(cos_op, {&x}); }
Tensor tan(Operand x) { return add_node(tan_op, {&x}); }
Tensor asin(Operand x) { return add_node(asin_op, {&x}); }
Tensor acos(Operand x) { return add_node(acos_op, {&x}); }
Tensor atan(Operand x) { return add_node(atan_op, {&x}); }
Tensor atan2(Operand a, Operand b) { return add_elementwise(atan2_op, {&a, &b}); }

}  // namespace gradus
