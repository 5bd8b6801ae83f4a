// The form of an op ("{a} + {b}") filled with its operands, with brackets where their precedence is
// too low.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <gradus/op/form.h>

namespace gradus {

enum class Notation : std::uint8_t { text, latex };

struct Formula {
  std::string code;
  Precedence precedence = Precedence::call;
  bool is_tall = false;  // brackets around it must grow
};

// What stands for {name}; null if nothing does, and the braces are LaTeX's own.
using FormulaLookup = std::function<const Formula*(std::string_view name)>;

Formula fill(const Form& form, Notation notation, const FormulaLookup& lookup);

Formula in_brackets(const Formula& formula, Notation notation);
// In brackets if it holds together less than that.
Formula at_least(const Formula& formula, Precedence precedence, Notation notation);

}  // namespace gradus
