// The template of an op ("{a} + {b}") filled with its operands, with parentheses where precedence
// asks for them. Precedence is read from the template itself, so an op of the user's has it, too.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace gradus {

enum class Notation : std::uint8_t { text, latex };

// How tightly a formula holds together at its outermost level, loosest first. Of a prefix, such as
// the sign of a sum, all that follows is the operand.
enum class Binding : std::uint8_t {
  arrow,
  either,
  both,
  relation,
  sum,
  prefix,
  product,
  power,
  atom
};

struct Formula {
  std::string code;
  Binding binding = Binding::atom;
  bool is_tall = false;  // brackets around it must grow
};

// What stands for {name}; null if nothing does, and the braces are LaTeX's own.
using FormulaLookup = std::function<const Formula*(std::string_view name)>;

Formula fill(std::string_view form, Notation notation, const FormulaLookup& lookup);

Formula in_brackets(const Formula& formula, Notation notation);
// In brackets if it holds together less than that.
Formula at_least(const Formula& formula, Binding binding, Notation notation);

}  // namespace gradus
