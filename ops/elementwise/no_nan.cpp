#include <gradus/no_nan.h>

#include <gradus/arithmetic.h>
#include <gradus/op/add_elementwise.h>
#include <gradus/op/op.h>

namespace gradus {

// y = a / b, 0 where a = 0;  dy/da = 1 / b,  dy/db = -y / b
extern constexpr Op xdivy_op{
    .name = "xdivy",
    .doc = "Quotient: y = a / b, but 0 where a is 0, even if b is 0 or NaN.",
    .operands = {"a", "b"},
    .text = {"{a} / {b}", Precedence::product},
    .latex = {R"(\frac{{a}}{{b}})", Precedence::power},
    .kernel = elementwise<2>([](auto a, auto b) { return where(a == 0, 0, a / b); }),
    .gradient = {[](Tensor dy, Tensor, Tensor b) { return xdivy(dy, b); },
                 [](const Call& f, Tensor dy, Tensor, Tensor b) {
                   return -xdivy(multiply_no_nan(f.y(), dy), b);
                 }},
    .gradient_text = {"da = dy / b; 0 where dy = 0", "db = -dy y / b; 0 where dy = 0 or y = 0"},
    .examples = {{xdivy, {0, 1, 3}, {0, 0, 2}, "[0, inf, 1.5]"}},
};

// y = a b, 0 where b = 0;  dy/da = b,  dy/db = a
extern constexpr Op multiply_no_nan_op{
    .name = "multiply_no_nan",
    .doc = "Product: y = a b, but 0 where b is 0, even if a is infinite or NaN.",
    .operands = {"a", "b"},
    .text = {"{a} * {b}", Precedence::product},
    .latex = {R"({a} \odot {b})", Precedence::product},
    .kernel = elementwise<2>([](auto a, auto b) { return where(b == 0, 0, a * b); }),
    .gradient = {[](Tensor dy, Tensor, Tensor b) { return multiply_no_nan(dy, b); },
                 [](Tensor dy, Tensor a, Tensor) { return multiply_no_nan(a, dy); }},
    .gradient_text = {"da = dy b; 0 where b = 0", "db = dy a; 0 where dy = 0"},
    .examples = {{[](Graph& g) {
                    const Tensor infinite = 1 / g.constant({0, 0});
                    return multiply_no_nan(infinite, g.constant({0, 2}));
                  },
                  "[0, inf]"}},
};

Tensor xdivy(Operand a, Operand b) { return add_elementwise(xdivy_op, {&a, &b}); }
Tensor multiply_no_nan(Operand a, Operand b) {
  return add_elementwise(multiply_no_nan_op, {&a, &b});
}

}  // namespace gradus
