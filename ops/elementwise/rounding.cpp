#include <gradus/rounding.h>

#include <gradus/arithmetic.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/shapes.h>

namespace gradus {

namespace {

constexpr auto floor_of = [](auto x) {
  if constexpr (decltype(x)::is_float)
    return floor(x);
  else
    return x;
};
constexpr auto ceil_of = [](auto x) {
  if constexpr (decltype(x)::is_float)
    return ceil(x);
  else
    return x;
};
constexpr auto round_of = [](auto x) {
  if constexpr (decltype(x)::is_float)
    return round(x);
  else
    return x;
};

}  // namespace

// y = floor(x);  dy/dx = 0
extern constexpr Op floor_op{
    .name = "floor",
    .doc = "The largest whole number not above x; integers as they are. The slope is 0 everywhere.",
    .operands = {"x"},
    .latex = R"(\left\lfloor {x} \right\rfloor)",
    .dtype = same_number,
    .kernel = elementwise<1, DTypes::numbers>(floor_of),
    .gradient = {[](Tensor, Tensor x) { return zeros_like(x); }},
    .gradient_text = {"dx = 0"},
    .examples = {{floor, {-1.5, 1.5}, "[-2, 1]"}},
};

// y = ceil(x);  dy/dx = 0
extern constexpr Op ceil_op{
    .name = "ceil",
    .doc =
        "The smallest whole number not below x; integers as they are. The slope is 0 everywhere.",
    .operands = {"x"},
    .latex = R"(\left\lceil {x} \right\rceil)",
    .dtype = same_number,
    .kernel = elementwise<1, DTypes::numbers>(ceil_of),
    .gradient = {[](Tensor, Tensor x) { return zeros_like(x); }},
    .gradient_text = {"dx = 0"},
    .examples = {{ceil, {-1.5, 1.5}, "[-1, 2]"}},
};

// y = round(x);  dy/dx = 0
extern constexpr Op round_op{
    .name = "round",
    .doc =
        "The nearest whole number, of two the even one; integers as they are. The slope is 0 "
        "everywhere.",
    .operands = {"x"},
    .dtype = same_number,
    .kernel = elementwise<1, DTypes::numbers>(round_of),
    .gradient = {[](Tensor, Tensor x) { return zeros_like(x); }},
    .gradient_text = {"dx = 0"},
    .examples = {{round, {-1.5, 1.5}, "[-2, 2]"}},
};

// y = x is NaN
extern constexpr Op is_nan_op{
    .name = "is_nan",
    .doc = "Whether x is NaN; false for integers.",
    .operands = {"x"},
    .dtype = bool_of_numbers,
    .kernel = elementwise<1, DTypes::numbers>([](auto x) { return x != x; }),
    .examples = {{[](Operand x) { return is_nan(x / 0); }, {1, 0}, "[false, true]"}},
};

// y = x is finite
extern constexpr Op is_finite_op{
    .name = "is_finite",
    .doc = "Whether x is neither infinite nor NaN; true for integers.",
    .operands = {"x"},
    .dtype = bool_of_numbers,
    .kernel = elementwise<1, DTypes::numbers>([](auto x) { return x - x == 0; }),
    .examples =
        {{[](Operand a, Operand b) { return is_finite(a / b); }, {1, 2}, {0, 1}, "[false, true]"}},
};

Tensor floor(Operand x) { return add_node(floor_op, {&x}); }
Tensor ceil(Operand x) { return add_node(ceil_op, {&x}); }
Tensor round(Operand x) { return add_node(round_op, {&x}); }
Tensor is_nan(Operand x) { return add_node(is_nan_op, {&x}); }
Tensor is_finite(Operand x) { return add_node(is_finite_op, {&x}); }

}  // namespace gradus
