#include <gradus/text.h>

#include <fmt/format.h>

#include <gradus/op/op.h>
#include <gradus/traversal.h>

#include "graph/graph_state.h"

namespace gradus {
namespace {

std::string call_of(const GraphState& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (node.op == &placeholder_op || node.op == &variable_op) return std::string(node.op->name);
  std::string arguments;
  const auto add = [&](std::string_view text) {
    if (!arguments.empty()) arguments += ", ";
    arguments += text;
  };
  for (NodeId operand : graph.operands(id)) {
    const Array* literal = graph.literal(operand);
    add(literal ? to_text(*literal) : graph.name(operand));
  }
  for (const Attribute& a : graph.attributes(id))
    add(fmt::format("{}={}", a.key->name, to_text(a.value, node.dtype)));
  return fmt::format("{}({})", node.op->name, arguments);
}

std::string line_of(const GraphState& graph, NodeId id) {
  return fmt::format("{} = {}  {} {}\n", graph.name(id), call_of(graph, id),
                     to_text(graph.node(id).dtype), to_text(graph.shape(id)));
}

}  // namespace

std::string to_text(const Graph& graph) {
  std::string text;
  const GraphState& state = graph.state();
  for (std::int32_t i = 0; i < state.node_count(); ++i)
    if (state.literal(NodeId{i}) == nullptr) text += line_of(state, NodeId{i});
  return text;
}

std::string listing(const TensorList& tensors) {
  std::string text;
  if (tensors.empty()) return text;
  const GraphState& state = tensors[0].state();
  for (NodeId id : ancestors(tensors))
    if (state.literal(id) == nullptr) text += line_of(state, id);
  return text;
}

std::string call_text(const Tensor& tensor) { return call_of(tensor.state(), tensor.id()); }

}  // namespace gradus
