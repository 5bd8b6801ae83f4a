// Form: how a call is written in formulas, {a} standing for operand a.
//
//   .text = {"{a} + {b}", Precedence::sum},
//   .latex = R"(\sigma({x}))",
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gradus {

// How tightly a formula holds together, loosest first; what is too loose for its place stands in
// brackets. A call, a symbol and all else that nothing can tear apart come last.
enum class Precedence : std::uint8_t {
  arrow,
  either,
  both,
  relation,
  sum,
  prefix,
  product,
  power,
  call
};

constexpr Precedence tighter_than(Precedence p) {
  return p == Precedence::call ? p : static_cast<Precedence>(static_cast<int>(p) + 1);
}

// An operand between brackets or commas may be anything. Another one holds together more tightly
// than the form, or as much if the form begins with it: a - b - c is (a - b) - c.
struct Form {
  constexpr Form() = default;
  template <std::convertible_to<std::string_view> Code>
  constexpr Form(const Code& form_code, Precedence form_precedence = Precedence::call,
                 std::optional<Precedence> form_operands = {})
      : code(form_code), precedence(form_precedence), operands(form_operands) {}

  std::string_view code{};
  Precedence precedence = Precedence::call;
  // What operands outside of brackets need where that is something else: "{a} * {b} + {c}" is a sum
  // of products.
  std::optional<Precedence> operands{};
};

}  // namespace gradus
