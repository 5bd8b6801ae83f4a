#include "formula_call.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/records.h>

#include "formula_symbols.h"

namespace gradus {
namespace {

constexpr std::int64_t max_elements_in_formula = 8;

// 1e-05 is a power of ten in LaTeX.
Formula number(const std::string& text, Notation notation) {
  const Precedence sign = text.starts_with('-') ? Precedence::sum : Precedence::call;
  if (notation == Notation::text) return {text, sign};
  if (text == "inf") return {"\\infty"};
  if (text == "-inf") return {"-\\infty", Precedence::sum};
  if (text == "nan" || text == "true" || text == "false")
    return {fmt::format("\\mathrm{{{}}}", text)};
  const std::size_t e = text.find('e');
  if (e == std::string::npos) return {text, sign};
  const std::string mantissa = text.substr(0, e);
  const std::string power = fmt::format("10^{{{}}}", std::stoi(text.substr(e + 1)));
  if (mantissa == "1") return {power, Precedence::power};
  if (mantissa == "-1") return {"-" + power, Precedence::sum};
  return {mantissa + " \\cdot " + power, std::min(sign, Precedence::product)};
}

Formula attribute_formula(const AttributeValue& value, Notation notation) {
  if (const double* real = std::get_if<double>(&value))
    return number(fmt::format("{:.7g}", *real), notation);
  if (const Array* array = std::get_if<Array>(&value)) return array_formula(*array, notation);
  if (const bool* flag = std::get_if<bool>(&value); flag != nullptr && notation == Notation::text)
    return {*flag ? "True" : "False"};
  const bool is_word = std::holds_alternative<std::string>(value) ||
                       std::holds_alternative<DType>(value) || std::holds_alternative<bool>(value);
  std::string text = to_text(value);
  // As NumPy has it: what the run knows is -1.
  if (std::holds_alternative<Shape>(value))
    for (std::size_t at = text.find('?'); at != text.npos; at = text.find('?'))
      text.replace(at, 1, "-1");
  if (notation == Notation::text) return {text};
  if (text == "all") return {"\\text{all}"};
  return {is_word ? fmt::format("\\text{{{}}}", text) : text};
}

// What the reader need not be told: a flag that is not set, a factor of 1, a stream of numbers.
bool is_plain(const Attribute& a) {
  if (a.key == &attributes::stream || a.key == &attributes::name) return true;
  if (const bool* flag = std::get_if<bool>(&a.value)) return !*flag;
  if (a.key == &attributes::strides || a.key == &attributes::dilations ||
      a.key == &attributes::pads)
    return std::ranges::all_of(std::get<std::vector<std::int64_t>>(a.value),
                               [](std::int64_t size) { return size == 1; });
  if (const double* real = std::get_if<double>(&a.value)) return *real == 1;
  return false;
}

bool is_written(const Attribute& a, std::string_view form) {
  return form.find("{" + std::string(a.key->name) + "}") != form.npos;
}

// "f(x)" becomes "f(x, axis=1)" where the form does not say it.
void add_attributes(Formula& formula, std::span<const Attribute> attributes, std::string_view form,
                    Notation notation) {
  const std::string_view end = formula.code.ends_with("\\right)") ? "\\right)" : ")";
  if (!formula.code.ends_with(end) || formula.precedence != Precedence::call) return;
  std::string added;
  for (const Attribute& a : attributes) {
    if (is_plain(a) || is_written(a, form)) continue;
    std::string name(a.key->name), value = attribute_formula(a.value, notation).code;
    if (const Axes* axes = std::get_if<Axes>(&a.value)) {
      if (axes->is_all()) continue;
      name = "axis";
      value = axes_text(axes->list());
    }
    if (notation == Notation::text)
      added += fmt::format(", {}={}", name, value);
    else
      added += fmt::format("{} {} = {}", added.empty() ? ";" : ",", latex_symbol(name), value);
  }
  formula.code.insert(formula.code.size() - end.size(), added);
}

// An op without operand names: its word and what it is applied to.
Formula listed(std::string_view word, std::span<const Formula> operands, Notation notation) {
  Formula list;
  for (const Formula& f : operands) {
    list.code += (list.code.empty() ? "" : ", ") + f.code;
    list.is_tall = list.is_tall || f.is_tall;
  }
  list = in_brackets(list, notation);
  list.code.insert(0, word);
  return list;
}

Formula by_form(const FormulaView& view, NodeId id, Notation notation, const FormulaOf& of) {
  const GraphState& graph = view.graph();
  const Op& op = *graph.node(id).op;
  const bool is_latex = notation == Notation::latex;
  const std::string code = is_latex ? latex_of(op) : text_of(op);
  std::vector<std::pair<std::string_view, Formula>> values;
  std::vector<Formula> operands;
  for (std::size_t k = 0; k < graph.operands(id).size(); ++k) {
    if (op.operands.empty())
      operands.push_back(shaped_operand(view, id, k, notation, of));
    else if (code.find("{" + std::string(op.operands[k]) + "}") != code.npos)
      values.emplace_back(op.operands[k], shaped_operand(view, id, k, notation, of));
  }
  for (const Attribute& a : graph.attributes(id))
    values.emplace_back(a.key->name, attribute_formula(a.value, notation));
  const auto value_of = [&](std::string_view name) -> const Formula* {
    const auto found =
        std::ranges::find(values, name, &std::pair<std::string_view, Formula>::first);
    return found == values.end() ? nullptr : &found->second;
  };
  Form form = is_latex ? op.latex : op.text;
  form.code = code;
  const bool is_listed =
      op.operands.empty() && std::ranges::none_of(graph.attributes(id), [&](const Attribute& a) {
        return is_written(a, code);
      });
  Formula result = is_listed ? listed(code, operands, notation) : fill(form, notation, value_of);
  // Random numbers in the form of a tensor have the shape and dtype of that.
  if (!is_listed && !operands.empty()) return result;
  add_attributes(result, graph.attributes(id), code, notation);
  return result;
}

}  // namespace

std::string axes_text(const std::vector<std::int64_t>& axes) {
  const std::string list = fmt::format("{}", fmt::join(axes, ", "));
  return axes.size() == 1 ? list : "(" + list + ")";
}

Formula shaped_operand(const FormulaView& view, NodeId id, std::size_t k, Notation notation,
                       const FormulaOf& of) {
  const GraphState& graph = view.graph();
  const NodeId whole = graph.operands(id)[k], shown = view.operand(id, k);
  const Op& op = *graph.node(id).op;
  Formula formula = of(shown);
  const bool broadcasts = std::holds_alternative<ElementwiseKernel>(op.kernel) || &op == &power_op;
  if (broadcasts || op.reads_shape_alone(k) || graph.literal(whole) != nullptr) return formula;
  const Shape shape = view.shape(whole);
  const bool is_number = graph.node(shown).op == &full_like_op;
  if ((!is_number && view.shape(shown).rank() == shape.rank()) || shape.rank() == 0) return formula;
  const std::string sizes = to_text(shape);
  const Form form = notation == Notation::text ? Form("broadcast_to({a}, {shape})")
                                               : Form("\\operatorname{broadcast}_{{shape}}({a})");
  const Formula written_shape{notation == Notation::text ? sizes : "\\text{" + sizes + "}"};
  return fill(form, notation, [&](std::string_view name) -> const Formula* {
    return name == "a" ? &formula : name == "shape" ? &written_shape : nullptr;
  });
}

Formula array_formula(const Array& array, Notation notation) {
  if (array.rank() == 0) return number(to_text(array), notation);
  const std::string text =
      array.size() > max_elements_in_formula ? "array" + to_text(array.shape()) : to_text(array);
  return {notation == Notation::text ? text : fmt::format("\\text{{{}}}", text)};
}

Formula call_formula(const FormulaView& view, NodeId id, Notation notation, const FormulaOf& of) {
  if (const auto written = phrase(view, id, notation, of)) return *written;
  return by_form(view, id, notation, of);
}

}  // namespace gradus
