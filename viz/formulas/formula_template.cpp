#include "formula_template.h"

#include <algorithm>
#include <vector>

namespace gradus {
namespace {

constexpr std::string_view openers[] = {"(",    "[",        "{",       "|",       ",",      "&",
                                        "\\\\", "\\lfloor", "\\lceil", "\\lVert", "{cases}"};
constexpr std::string_view closers[] = {")", "]", "}", "|", ",", "&", "\\\\", "\\right"};
constexpr std::string_view tall_signs[] = {"\\frac", "\\sum", "\\prod"};

// What stands between brackets, bars or commas needs none of its own.
bool is_enclosed(std::string_view before, std::string_view after) {
  before = before.substr(0, before.find_last_not_of(' ') + 1);
  after.remove_prefix(std::min(after.find_first_not_of(' '), after.size()));
  return std::ranges::any_of(openers, [&](auto opener) { return before.ends_with(opener); }) &&
         std::ranges::any_of(closers, [&](auto closer) { return after.starts_with(closer); });
}

Precedence asked(const Form& form, std::string_view before, std::string_view after) {
  if (is_enclosed(before, after)) return Precedence::arrow;
  if (form.operands) return *form.operands;
  // a - b - c is (a - b) - c, but no power is that of a power.
  if (before.empty() && form.precedence < Precedence::power) return form.precedence;
  return tighter_than(form.precedence);
}

// The code with brackets that grow.
std::string with_tall_brackets(std::string_view code) {
  std::string out;
  for (char c : code) {
    if (c == '(' && !out.ends_with("\\left")) out += "\\left";
    if (c == ')' && !out.ends_with("\\right")) out += "\\right";
    out += c;
  }
  return out;
}

}  // namespace

Formula in_brackets(const Formula& formula, Notation notation) {
  const bool grows = notation == Notation::latex && formula.is_tall;
  return {(grows ? "\\left(" : "(") + formula.code + (grows ? "\\right)" : ")"), Precedence::call,
          formula.is_tall};
}

Formula at_least(const Formula& formula, Precedence precedence, Notation notation) {
  return formula.precedence < precedence ? in_brackets(formula, notation) : formula;
}

Formula fill(const Form& form, Notation notation, const FormulaLookup& lookup) {
  struct Hole {
    std::size_t begin, end;
    const Formula* operand;
  };
  std::vector<Hole> holes;
  for (std::size_t open = form.code.find('{'); open < form.code.size();
       open = form.code.find('{', open + 1)) {
    const std::size_t close = std::min(form.code.find('}', open), form.code.size());
    if (const Formula* operand = lookup(form.code.substr(open + 1, close - open - 1)))
      holes.push_back({open, close + 1, operand});
  }
  // A form of one hole is its operand.
  if (holes.size() == 1 && holes[0].end - holes[0].begin == form.code.size())
    return *holes[0].operand;

  Formula result{"", form.precedence, false};
  if (notation == Notation::latex)
    result.is_tall =
        std::ranges::any_of(tall_signs,
                            [&](auto sign) { return form.code.find(sign) != form.code.npos; }) ||
        std::ranges::any_of(holes, [](const Hole& hole) { return hole.operand->is_tall; });
  std::size_t written = 0;
  const auto write_until = [&](std::size_t end) {
    const std::string_view code = form.code.substr(written, end - written);
    result.code += result.is_tall ? with_tall_brackets(code) : std::string(code);
  };
  for (const Hole& hole : holes) {
    write_until(hole.begin);
    written = hole.end;
    const std::string_view after = form.code.substr(hole.end);
    const Precedence needed = asked(form, form.code.substr(0, hole.begin), after);
    const std::string code = at_least(*hole.operand, needed, notation).code;
    // LaTeX allows one index for each group.
    const bool has_two_indices =
        notation == Notation::latex && after.starts_with('_') && code.find('_') != code.npos;
    result.code += has_two_indices ? "{" + code + "}" : code;
  }
  write_until(form.code.size());
  return result;
}

}  // namespace gradus
