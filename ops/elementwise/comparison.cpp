#include <gradus/comparison.h>

#include <fmt/format.h>

#include <gradus/op/add_elementwise.h>
#include <gradus/op/op.h>
#include <gradus/op/records.h>
#include <gradus/op/rules.h>

namespace gradus {
namespace {

// A record of a comparison; its result is bool, through which no gradient flows.
template <class Formula>
constexpr Op comparison(std::string_view name, std::string_view doc, std::string_view text,
                        std::string_view latex, Formula formula, Few<Example, 4> examples) {
  return {.name = name,
          .doc = doc,
          .operands = {"a", "b"},
          .text = {text, Precedence::relation},
          .latex = {latex, Precedence::relation},
          .dtype = bool_of_numbers,
          .kernel = elementwise<2, DTypes::numbers>(formula),
          .examples = examples};
}

}  // namespace

extern constexpr Op equal_op =
    comparison("equal", "Whether a = b; false if either is NaN.", "{a} == {b}", "{a} = {b}",
               [](auto a, auto b) { return a == b; },
               {{[](Operand x) { return equal(x, 2); }, {1, 2}, "[false, true]"}});
extern constexpr Op not_equal_op =
    comparison("not_equal", "Whether a and b differ; true if either is NaN.", "{a} != {b}",
               R"({a} \neq {b})", [](auto a, auto b) { return ~(a == b); },
               {{[](Operand x) { return not_equal(x, 2); }, {1, 2}, "[true, false]"}});
extern constexpr Op less_op =
    comparison("less", "Whether a < b; false if either is NaN.", "{a} < {b}", "{a} < {b}",
               [](auto a, auto b) { return a < b; },
               {{[](Operand x) { return x < 2; }, {1, 2, 3}, "[true, false, false]"}});
extern constexpr Op less_equal_op =
    comparison("less_equal", "Whether a <= b; false if either is NaN.", "{a} <= {b}",
               R"({a} \leq {b})", [](auto a, auto b) { return a <= b; },
               {{[](Operand x) { return x <= 2; }, {1, 2, 3}, "[true, true, false]"}});
extern constexpr Op greater_op =
    comparison("greater", "Whether a > b; false if either is NaN.", "{a} > {b}", "{a} > {b}",
               [](auto a, auto b) { return a > b; },
               {{[](Operand x) { return x > 2; }, {1, 2, 3}, "[false, false, true]"}});
extern constexpr Op greater_equal_op =
    comparison("greater_equal", "Whether a >= b; false if either is NaN.", "{a} >= {b}",
               R"({a} \geq {b})", [](auto a, auto b) { return a >= b; },
               {{[](Operand x) { return x >= 2; }, {1, 2, 3}, "[false, true, true]"}});

// y = a where the condition holds, b elsewhere;  dy/da = 1 where it holds, dy/db = 1 elsewhere
extern constexpr Op where_op{
    .name = "where",
    .doc =
        "y = a where the condition holds, b elsewhere. The gradient of what was not chosen is 0.",
    .operands = {"condition", "a", "b"},
    .dtype = [](const Call& f, DType condition, DType a, DType b) -> DType {
      if (condition != boolean)
        f.fail_dtype(fmt::format("the condition must be bool, got {}", to_text(condition)));
      if (a != b) f.fail_dtype(fmt::format("dtypes differ: {} and {}", to_text(a), to_text(b)));
      return a;
    },
    .kernel = elementwise_where<3, DTypes::everything>(
        [](auto condition, auto a, auto b) { return where(condition, a, b); }),
    .gradient = {
        {},
        [](Tensor dy, Tensor condition, Tensor, Tensor) { return where(condition, dy, 0); },
        [](Tensor dy, Tensor condition, Tensor, Tensor) { return where(condition, 0, dy); }},
    .gradient_text = {"", "da = dy where the condition holds, 0 elsewhere",
                      "db = 0 where the condition holds, dy elsewhere"},
    .examples = {{[](Graph& g) {
                    Tensor x = g.constant({-1, 2});
                    return where(x > 0, x, 0);
                  },
                  "[0, 2]"}},
};

Tensor equal(Operand a, Operand b) { return add_elementwise(equal_op, {&a, &b}); }
Tensor not_equal(Operand a, Operand b) { return add_elementwise(not_equal_op, {&a, &b}); }
Tensor operator<(Operand a, Operand b) { return add_elementwise(less_op, {&a, &b}); }
Tensor operator<=(Operand a, Operand b) { return add_elementwise(less_equal_op, {&a, &b}); }
Tensor operator>(Operand a, Operand b) { return add_elementwise(greater_op, {&a, &b}); }
Tensor operator>=(Operand a, Operand b) { return add_elementwise(greater_equal_op, {&a, &b}); }
Tensor where(Operand condition, Operand a, Operand b) {
  return add_elementwise(where_op, {&condition, &a, &b});
}

}  // namespace gradus
