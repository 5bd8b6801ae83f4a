#include <gradus/rounding.h>

#include <gradus/arithmetic.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/shapes.h>

namespace gradus {

namespace {

// A record of a rounding, which leaves integers as they are; its slope is 0.
template <class Formula>
constexpr Op rounding(std::string_view name, std::string_view doc, Form latex, Formula,
                      Few<Example, 4> examples) {
  return {.name = name,
          .doc = doc,
          .operands = {"x"},
          .latex = latex,
          .dtype = same_number,
          .kernel = elementwise<1, DTypes::numbers>([](auto x) {
            if constexpr (decltype(x)::is_float)
              return Formula{}(x);
            else
              return x;
          }),
          .gradient = {[](Tensor, Tensor x) { return zeros_like(x); }},
          .gradient_text = {"dx = 0"},
          .examples = examples};
}

}  // namespace

extern constexpr Op floor_op = rounding(
    "floor",
    "The largest whole number not above x; integers as they are. The slope is 0 everywhere.",
    R"(\left\lfloor {x} \right\rfloor)", [](auto x) { return floor(x); },
    {{floor, {-1.5, 1.5}, "[-2, 1]"}});
extern constexpr Op ceil_op = rounding(
    "ceil",
    "The smallest whole number not below x; integers as they are. The slope is 0 everywhere.",
    R"(\left\lceil {x} \right\rceil)", [](auto x) { return ceil(x); },
    {{ceil, {-1.5, 1.5}, "[-1, 2]"}});
extern constexpr Op round_op =
    rounding("round",
             "The nearest whole number, of two the even one; integers as they are. The slope is 0 "
             "everywhere.",
             {}, [](auto x) { return round(x); }, {{round, {-1.5, 1.5}, "[-2, 2]"}});

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
