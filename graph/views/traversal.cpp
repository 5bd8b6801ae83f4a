#include <gradus/traversal.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <string>

#include <gradus/error.h>

#include "graph/graph_state.h"
#include "graph/node_flags.h"

namespace gradus {
namespace {

const GraphState& graph_of(const std::vector<Tensor>& tensors) {
  for (const Tensor& t : tensors)
    if (&t.state() != &tensors[0].state())
      throw GraphError("traversal: the tensors are of two graphs");
  return tensors[0].state();
}

constexpr std::int64_t far = std::numeric_limits<std::int64_t>::max();

}  // namespace

std::vector<Tensor> operands_of(const Tensor& tensor) {
  std::vector<Tensor> operands;
  for (NodeId operand : tensor.state().operands(tensor.id()))
    operands.push_back(tensor.state().tensor(operand));
  return operands;
}

std::vector<NodeId> ancestors(const TensorList& tensors) { return within(far - 1, tensors); }

// Readers have larger numbers than what they read: each sweep meets a node when all is known of it.
std::vector<NodeId> descendants(const TensorList& tensors) {
  if (tensors.empty()) return {};
  const GraphState& graph = graph_of(tensors);
  NodeFlags is_reached(static_cast<std::size_t>(graph.node_count()));
  std::vector<NodeId> nodes;
  for (const Tensor& t : tensors) is_reached[index(t.id())] = true;
  for (std::int32_t i = 0; i < graph.node_count(); ++i) {
    for (NodeId operand : graph.operands(NodeId{i}))
      if (is_reached[index(operand)]) is_reached[index(NodeId{i})] = true;
    if (is_reached[index(NodeId{i})]) nodes.push_back(NodeId{i});
  }
  return nodes;
}

std::vector<NodeId> between(const TensorList& from, const TensorList& to) {
  if (from.empty() || to.empty()) return {};
  graph_of({from[0], to[0]});
  std::vector<NodeId> nodes;
  std::ranges::set_intersection(descendants(from), ancestors(to), std::back_inserter(nodes));
  return nodes;
}

std::vector<NodeId> within(std::int64_t steps, const TensorList& tensors) {
  if (tensors.empty()) return {};
  const GraphState& graph = graph_of(tensors);
  std::vector<std::int64_t> distance(static_cast<std::size_t>(graph.node_count()), far);
  std::vector<NodeId> nodes;
  for (const Tensor& t : tensors) distance[index(t.id())] = 0;
  for (auto i = static_cast<std::int32_t>(distance.size()); i-- > 0;) {
    const std::int64_t own = distance[index(NodeId{i})];
    if (own == far) continue;
    nodes.push_back(NodeId{i});
    if (own >= steps) continue;
    for (NodeId operand : graph.operands(NodeId{i}))
      distance[index(operand)] = std::min(distance[index(operand)], own + 1);
  }
  std::ranges::reverse(nodes);
  return nodes;
}

std::vector<NodeId> in_scope(const Graph& graph, std::string_view scope) {
  const GraphState& state = graph.state();
  const PathTree& paths = state.names().paths();
  const std::uint32_t whole = scope.empty() ? PathTree::root : paths.find(PathTree::root, scope);
  // What stands above a path has a smaller number.
  NodeFlags is_within(paths.size());
  for (std::uint32_t path = 0; path < paths.size(); ++path)
    if (path == whole || (path != PathTree::root && is_within[paths.above(path)]))
      is_within[path] = true;
  std::vector<NodeId> nodes;
  for (std::int32_t i = 0; i < state.node_count(); ++i)
    if (is_within[state.node(NodeId{i}).scope]) nodes.push_back(NodeId{i});
  if (nodes.empty() && !scope.empty())
    throw GraphError("traversal: no node is in a scope \"" + std::string(scope) + "\"");
  return nodes;
}

}  // namespace gradus
