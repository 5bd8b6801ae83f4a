#include <gradus/text.h>

#include <fmt/format.h>

#include <gradus/graph_state.h>
#include <gradus/op.h>
#include <gradus/traversal.h>

namespace gradus {
namespace {

std::string line_of(const GraphState& graph, NodeId id) {
  const Node& node = graph.node(id);
  std::string arguments;
  const auto add = [&](std::string_view text) {
    if (!arguments.empty()) arguments += ", ";
    arguments += text;
  };
  for (NodeId operand : graph.operands(id)) {
    const Array* literal = graph.literal(operand);
    add(literal ? to_text(*literal) : graph.name(operand));
  }
  const bool is_declared = node.op == &placeholder_op || node.op == &variable_op;
  for (const Attribute& a : graph.attributes(id))
    if (!is_declared) add(fmt::format("{}={}", a.key->name, to_text(a.value)));
  return fmt::format("{} = {}{}  {} {}\n", graph.name(id), node.op->name,
                     is_declared ? "" : fmt::format("({})", arguments), to_text(node.dtype),
                     to_text(graph.shape(id)));
}

}  // namespace

std::string to_text(const Graph& graph) {
  std::string text;
  const GraphState& state = graph.state();
  for (std::int32_t i = 0; i < state.node_count(); ++i)
    if (state.literal(NodeId{i}) == nullptr) text += line_of(state, NodeId{i});
  return text;
}

std::string listing(const std::vector<Tensor>& tensors) {
  std::string text;
  if (tensors.empty()) return text;
  const GraphState& state = tensors[0].state();
  for (NodeId id : ancestors(tensors))
    if (state.literal(id) == nullptr) text += line_of(state, id);
  return text;
}

}  // namespace gradus
