#include <gradus/traversal.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <string>
#include <unordered_map>

#include <gradus/error.h>

#include "graph_state.h"
#include "node_flags.h"

namespace gradus {
namespace {

NodeFlags marks(const GraphState& graph, const std::vector<Tensor>& tensors) {
  NodeFlags marked(static_cast<std::size_t>(graph.node_count()));
  for (const Tensor& t : tensors) {
    if (&t.state() != &graph) throw GraphError("traversal: the tensors are of two graphs");
    marked[index(t.id())] = true;
  }
  return marked;
}

std::vector<NodeId> listed(const NodeFlags& marked) {
  std::vector<NodeId> nodes;
  for (std::size_t i = 0; i < marked.size(); ++i)
    if (marked[i]) nodes.push_back(NodeId{static_cast<std::int32_t>(i)});
  return nodes;
}

// Readers have larger numbers than their operands: one sweep finds all.
std::vector<NodeId> ancestors_in(const GraphState& graph, const std::vector<Tensor>& tensors) {
  NodeFlags marked = marks(graph, tensors);
  for (std::size_t i = marked.size(); i-- > 0;)
    if (marked[i])
      for (NodeId operand : graph.operands(NodeId{static_cast<std::int32_t>(i)}))
        marked[index(operand)] = true;
  return listed(marked);
}
std::vector<NodeId> descendants_in(const GraphState& graph, const std::vector<Tensor>& tensors) {
  NodeFlags marked = marks(graph, tensors);
  for (std::size_t i = 0; i < marked.size(); ++i)
    for (NodeId operand : graph.operands(NodeId{static_cast<std::int32_t>(i)}))
      marked[i] |= marked[index(operand)];
  return listed(marked);
}

}  // namespace

std::vector<Tensor> operands_of(const Tensor& tensor) {
  std::vector<Tensor> operands;
  for (NodeId operand : tensor.state().operands(tensor.id()))
    operands.push_back(tensor.state().tensor(operand));
  return operands;
}

std::vector<NodeId> ancestors(const std::vector<Tensor>& tensors) {
  if (tensors.empty()) return {};
  return ancestors_in(tensors[0].state(), tensors);
}

std::vector<NodeId> descendants(const std::vector<Tensor>& tensors) {
  if (tensors.empty()) return {};
  return descendants_in(tensors[0].state(), tensors);
}

std::vector<NodeId> between(const std::vector<Tensor>& from, const std::vector<Tensor>& to) {
  if (from.empty() || to.empty()) return {};
  const GraphState& graph = from[0].state();
  std::vector<NodeId> nodes;
  std::ranges::set_intersection(descendants_in(graph, from), ancestors_in(graph, to),
                                std::back_inserter(nodes));
  return nodes;
}

std::vector<NodeId> within(std::int64_t steps, const std::vector<Tensor>& tensors) {
  std::vector<NodeId> nodes = ancestors(tensors);
  if (tensors.empty()) return nodes;
  const GraphState& graph = tensors[0].state();
  // Readers have larger numbers: from the back, a node's distance is known when the walk comes to
  // it.
  constexpr std::int64_t far = std::numeric_limits<std::int64_t>::max();
  std::vector<std::int64_t> distance(index(nodes.back()) + 1, far);
  for (const Tensor& t : tensors) distance[index(t.id())] = 0;
  for (auto id = nodes.rbegin(); id != nodes.rend(); ++id)
    if (const std::int64_t own = distance[index(*id)]; own < steps)
      for (NodeId operand : graph.operands(*id))
        distance[index(operand)] = std::min(distance[index(operand)], own + 1);
  std::erase_if(nodes, [&](NodeId id) { return distance[index(id)] == far; });
  return nodes;
}

std::vector<NodeId> in_scope(const Graph& graph, std::string_view scope) {
  const GraphState& state = graph.state();
  const std::string within_it = std::string(scope) + "/";
  std::unordered_map<std::uint32_t, bool> known;
  std::vector<NodeId> nodes;
  for (std::int32_t i = 0; i < state.node_count(); ++i) {
    const NodeId id{i};
    const std::uint32_t number = state.node(id).scope;
    const auto [found, is_new] = known.try_emplace(number, scope.empty());
    if (is_new && !scope.empty()) {
      const std::string& path = state.names().scope_path(number);
      found->second = path == scope || path.starts_with(within_it);
    }
    if (found->second) nodes.push_back(id);
  }
  if (nodes.empty() && !scope.empty())
    throw GraphError("traversal: no node is in a scope \"" + std::string(scope) + "\"");
  return nodes;
}

}  // namespace gradus
