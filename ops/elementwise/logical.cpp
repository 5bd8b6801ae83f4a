#include <gradus/logical.h>

#include <gradus/op/add_elementwise.h>
#include <gradus/op/op.h>
#include <gradus/op/records.h>
#include <gradus/op/rules.h>

namespace gradus {
namespace {

// A record over truth values.
template <std::size_t arity, class Formula>
constexpr Op over_bool(std::string_view name, std::string_view doc,
                       Few<std::string_view, 4> operands, Precedence precedence,
                       std::string_view text, std::string_view latex, Formula formula,
                       Few<Example, 4> examples) {
  return {.name = name,
          .doc = doc,
          .operands = operands,
          .text = {text, precedence},
          .latex = {latex, precedence},
          .dtype = all_bool,
          .kernel = elementwise<arity, DTypes::booleans>(formula),
          .examples = examples};
}

}  // namespace

extern constexpr Op logical_and_op =
    over_bool<2>("logical_and", "Whether both a and b hold.", {"a", "b"}, Precedence::both,
                 "{a} and {b}", R"({a} \land {b})", [](auto a, auto b) { return a & b; },
                 {{[](Graph& g) {
                     return g.constant({0, 1, 0, 1}, boolean) & g.constant({0, 0, 1, 1}, boolean);
                   },
                   "[false, false, false, true]"}});
extern constexpr Op logical_or_op =
    over_bool<2>("logical_or", "Whether a or b holds, or both.", {"a", "b"}, Precedence::either,
                 "{a} or {b}", R"({a} \lor {b})", [](auto a, auto b) { return a | b; },
                 {{[](Graph& g) {
                     return g.constant({0, 1, 0, 1}, boolean) | g.constant({0, 0, 1, 1}, boolean);
                   },
                   "[false, true, true, true]"}});
extern constexpr Op logical_xor_op = over_bool<2>(
    "logical_xor", "Whether a or b holds, but not both.", {"a", "b"}, Precedence::either,
    "{a} xor {b}", R"({a} \oplus {b})", [](auto a, auto b) { return a ^ b; },
    {{[](Graph& g) {
        return g.constant({0, 1, 0, 1}, boolean) ^ g.constant({0, 0, 1, 1}, boolean);
      },
      "[false, true, true, false]"}});
extern constexpr Op logical_not_op =
    over_bool<1>("logical_not", "Whether x does not hold.", {"x"}, Precedence::prefix, "not {x}",
                 R"(\lnot {x})", [](auto x) { return ~x; },
                 {{[](Graph& g) {
                     return ~g.constant({0, 1}, boolean);
                   },
                   "[true, false]"}});

Tensor operator&(Operand a, Operand b) { return add_elementwise(logical_and_op, {&a, &b}); }
Tensor operator|(Operand a, Operand b) { return add_elementwise(logical_or_op, {&a, &b}); }
Tensor operator^(Operand a, Operand b) { return add_elementwise(logical_xor_op, {&a, &b}); }
Tensor operator~(Operand x) { return add_node(logical_not_op, {&x}); }

}  // namespace gradus
