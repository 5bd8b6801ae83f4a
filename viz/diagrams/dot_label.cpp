#include "dot_label.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/op/op.h>
#include <gradus/op/records.h>

#include "core/one_line.h"
#include "ops/shape/slice_text.h"

namespace gradus {
namespace {

constexpr std::int64_t max_elements_in_label = 8;  // of an array that is written out

bool is_commutative(const Op* op) {
  return op == &add_op || op == &multiply_op || op == &maximum_op || op == &minimum_op ||
         op == &equal_op || op == &not_equal_op;
}

// The name after the scope's path, or nothing if it is an automatic one: "matmul", "matmul_1". In
// a compiled graph a name can be of another scope: then its last part.
std::string given_name(const GraphState& graph, NodeId id) {
  const Node& node = graph.node(id);
  std::string name = graph.name(id);
  const std::string scope = graph.names().scope_path(node.scope);
  if (scope.empty() || name.starts_with(scope + "/"))
    name.erase(0, scope.empty() ? 0 : scope.size() + 1);
  else
    name.erase(0, name.rfind('/') + 1);
  std::string_view rest = name;
  if (!rest.starts_with(node.op->name)) return name;
  rest.remove_prefix(node.op->name.size());
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool is_numbered =
      rest.size() > 1 && rest[0] == '_' && std::all_of(rest.begin() + 1, rest.end(), is_digit);
  return rest.empty() || is_numbered ? "" : name;
}

// The op's text with numbers and names in place: "{a} * {b}" becomes "0.5 * twice".
std::string formula(const GraphState& graph, NodeId id) {
  const Op& op = *graph.node(id).op;
  const auto operands = graph.operands(id);
  const std::string form = text_of(op);
  std::string text;
  for (std::string_view rest = form; !rest.empty();) {
    const std::size_t open = std::min(rest.find('{'), rest.size());
    const std::size_t close = std::min(rest.find('}', open), rest.size());
    text += rest.substr(0, open);
    if (close < rest.size()) {
      const std::string_view key = rest.substr(open + 1, close - open - 1);
      std::string value(key);
      for (std::size_t k = 0; k < operands.size() && k < op.operands.size(); ++k)
        if (op.operands[k] == key) {
          const Array* number = graph.literal(operands[k]);
          value = number != nullptr ? to_text(*number) : short_name(graph, operands[k]);
        }
      text += value;
    }
    rest.remove_prefix(std::min(close + 1, rest.size()));
  }
  return text;
}

// "transpose_b", "axes=[1]"; nothing for what says nothing: false, all axes, a large array.
std::string attribute_label(const Attribute& attribute, DType dtype) {
  const std::string name(attribute.key->name);
  if (const bool* is_set = std::get_if<bool>(&attribute.value)) return *is_set ? name : "";
  if (const Axes* axes = std::get_if<Axes>(&attribute.value); axes && axes->is_all()) return "";
  if (const Array* array = std::get_if<Array>(&attribute.value))
    return array->size() > max_elements_in_label ? "" : to_text(*array);
  return fmt::format("{}={}", name, to_text(attribute.value, dtype));
}

std::string attributes_label(const GraphState& graph, NodeId id) {
  if (graph.node(id).op == &slice_op)
    return fmt::format("[{}]", fmt::join(slice_texts(graph, id), ", "));
  std::string text;
  for (const Attribute& attribute : graph.attributes(id)) {
    const std::string label = attribute_label(attribute, graph.node(id).dtype);
    if (!label.empty()) text += (text.empty() ? "" : ", ") + label;
  }
  return text;
}

}  // namespace

std::string value_label(DType dtype, const Shape& shape) {
  return dtype == float32 ? to_text(shape) : fmt::format("{} {}", to_text(dtype), to_text(shape));
}
std::string value_label(const GraphState& graph, NodeId id) {
  return value_label(graph.node(id).dtype, graph.shape(id));
}

std::string node_label(const GraphState& graph, NodeId id, NodeId last) {
  const Node& node = graph.node(id);
  std::string label = one_line(given_name(graph, id));
  if (const std::string other = one_line(given_name(graph, last)); other != label)
    label += " \u2026 " + other;
  if (!label.empty()) label += "\n";
  label += node.op->name;
  if (node.op == &placeholder_op || node.op == &variable_op) return label;
  const bool has_numbers = std::ranges::any_of(
      graph.operands(id), [&](NodeId operand) { return graph.literal(operand) != nullptr; });
  if (has_numbers) label += "\n" + formula(graph, id);
  const std::string attributes = attributes_label(graph, id);
  if (!attributes.empty() && attributes == attributes_label(graph, last))
    label += "\n" + one_line(attributes);
  return label;
}

std::string short_name(const GraphState& graph, NodeId id) {
  const std::string name = given_name(graph, id);
  return name.empty() ? std::string(graph.node(id).op->name) : one_line(name);
}

std::string operand_label(const GraphState& graph, NodeId id, std::size_t operand) {
  const Op* op = graph.node(id).op;
  const auto operands = graph.operands(id);
  if (operand >= op->operands.size() || is_commutative(op)) return "";
  std::int64_t tensors = 0, values = 0;
  for (std::size_t k = 0; k < operands.size(); ++k) {
    if (graph.literal(operands[k]) != nullptr) continue;
    ++tensors;
    if (!op->reads_shape_alone(k)) ++values;
  }
  // A lone value among shapes is the one whole line among dashed ones.
  if (tensors < 2 || (values == 1 && !op->reads_shape_alone(operand))) return "";
  std::string name(op->operands[operand]);
  if (name.size() > 1) return name;
  const auto number = operand + 1;
  return fmt::format("{}{}", number,
                     number == 1   ? "st"
                     : number == 2 ? "nd"
                     : number == 3 ? "rd"
                                   : "th");
}

}  // namespace gradus
