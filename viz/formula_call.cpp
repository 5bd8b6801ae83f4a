#include "formula_call.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/attribute.h>
#include <gradus/op.h>
#include <gradus/ops.h>

namespace gradus {
namespace {

constexpr std::int64_t most_elements = 8;

std::string number_code(const std::string& text, Notation notation) {
  if (notation == Notation::text) return text;
  if (text == "inf") return "\\infty";
  if (text == "-inf") return "-\\infty";
  if (text == "nan") return "\\mathrm{NaN}";
  if (text == "true" || text == "false") return fmt::format("\\mathrm{{{}}}", text);
  const std::size_t e = text.find('e');
  if (e == text.npos) return text;
  const std::string mantissa = text.substr(0, e);
  const std::string power = fmt::format("10^{{{}}}", std::stoi(text.substr(e + 1)));
  if (mantissa == "1") return power;
  return mantissa == "-1" ? "-" + power : mantissa + " \\cdot " + power;
}

Formula number(const std::string& text, Notation notation) {
  Formula formula{number_code(text, notation)};
  if (formula.code.find("\\cdot") != std::string::npos)
    formula.binding = Binding::product;
  else if (formula.code.find('^') != std::string::npos)
    formula.binding = Binding::power;
  if (formula.code.starts_with('-')) formula.binding = Binding::sum;
  return formula;
}

std::string list(std::span<const std::string> items) {
  return fmt::format("({})", fmt::join(items, ", "));
}

Formula attribute_formula(const AttributeValue& value, Notation notation) {
  if (const double* real = std::get_if<double>(&value))
    return number(fmt::format("{:.7g}", *real), notation);
  if (const Array* array = std::get_if<Array>(&value)) return array_formula(*array, notation);
  const std::string text = to_text(value);
  if (notation == Notation::latex && std::holds_alternative<std::string>(value))
    return {fmt::format("\\mathrm{{{}}}", text)};
  return {text};
}

// An op without operand names: its word and what it is applied to.
Formula listed(std::string_view word, std::span<const Formula> operands) {
  Formula result;
  std::vector<std::string> codes;
  for (const Formula& f : operands) {
    codes.push_back(f.code);
    result.is_tall = result.is_tall || f.is_tall;
  }
  result.code = std::string(word) + list(codes);
  return result;
}

Formula by_template(const GraphState& graph, NodeId id, std::span<const Formula> operands,
                    Notation notation) {
  const Op& op = *graph.node(id).op;
  const std::string_view form = notation == Notation::text || op.latex.empty() ? op.text : op.latex;
  if (op.operands.empty()) return listed(form, operands);
  std::vector<std::pair<std::string_view, Formula>> all;
  for (std::size_t k = 0; k < operands.size(); ++k) all.emplace_back(op.operands[k], operands[k]);
  for (const Attribute& a : graph.attributes(id))
    all.emplace_back(a.key->name, attribute_formula(a.value, notation));
  return fill(form, notation, [&](std::string_view name) -> const Formula* {
    const auto found = std::ranges::find(all, name, &std::pair<std::string_view, Formula>::first);
    return found == all.end() ? nullptr : &found->second;
  });
}

bool flag(const GraphState& graph, NodeId id, const AnyKey& key) {
  for (const Attribute& a : graph.attributes(id))
    if (a.key == &key) return std::get<bool>(a.value);
  return false;
}

Formula product(const Formula& a, const Formula& b, Notation notation) {
  const auto lookup = [&](std::string_view name) -> const Formula* {
    return name == "a" ? &a : name == "b" ? &b : nullptr;
  };
  return fill("{a} {b}", notation, lookup);
}

}  // namespace

Formula transposed(const Formula& formula, Notation notation) {
  const Formula base = at_least(formula, Binding::atom, notation);
  return {base.code + (notation == Notation::latex ? "^\\top" : "^T"), Binding::power,
          formula.is_tall};
}

Formula array_formula(const Array& array, Notation notation) {
  if (array.size() == 1 && array.rank() == 0) return number(to_text(array), notation);
  if (array.size() > most_elements)
    return {notation == Notation::text ? "array" + to_text(array.shape())
                                       : fmt::format("\\text{{array{}}}", to_text(array.shape()))};
  return {to_text(array)};
}

Formula call_formula(const GraphState& graph, NodeId id, std::span<const Formula> operands,
                     Notation notation) {
  const Op* op = graph.node(id).op;
  if (op == &matmul_op) {
    const auto operand = [&](std::size_t k, const AnyKey& key) {
      return flag(graph, id, key) ? transposed(operands[k], notation) : operands[k];
    };
    return product(operand(0, attributes::transpose_a), operand(1, attributes::transpose_b),
                   notation);
  }
  return by_template(graph, id, operands, notation);
}

}  // namespace gradus
