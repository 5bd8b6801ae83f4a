#include <algorithm>
#include <bit>
#include <functional>
#include <vector>

#include <gradus/state.h>

#include "passes.h"

namespace gradus {
namespace {

// Whether two nodes of one graph compute the same. Shapes and attribute lists have one number each.
bool are_equal(const GraphState& graph, NodeId a, NodeId b) {
  const Node &x = graph.node(a), &y = graph.node(b);
  return x.op == y.op && x.attributes == y.attributes && x.shape == y.shape && x.dtype == y.dtype &&
         std::ranges::equal(graph.operands(a), graph.operands(b));
}

std::size_t hash_of(const GraphState& graph, NodeId id) {
  const Node& node = graph.node(id);
  std::size_t hash = std::hash<const Op*>{}(node.op);
  const auto mix = [&](std::size_t part) { hash = (hash ^ part) * 0x9e3779b97f4a7c15u; };
  mix(node.attributes);
  mix(node.shape);
  for (NodeId operand : graph.operands(id)) mix(index(operand));
  return hash ^ (hash >> 32);
}

// Placeholders and variables are what they are; an assignment takes place as often as it is asked
// for, which its own check limits to one.
bool is_mergeable(const Op& op) {
  return !op.is_random && &op != &placeholder_op && &op != &variable_op && &op != &assign_op;
}

}  // namespace

Program merge(const Program& program) {
  Rewriter next(program);
  // Open addressing over the nodes so far: at most half full.
  const auto n = static_cast<std::size_t>(program.graph->node_count());
  std::vector<NodeId> table(std::bit_ceil(2 * n + 1), no_node);
  const std::size_t mask = table.size() - 1;
  for (NodeId id : program.nodes()) {
    next.keep(id);
    const NodeId now = next.at(id);
    if (!is_mergeable(program.op(id))) continue;
    std::size_t place = hash_of(next.graph(), now) & mask;
    while (table[place] != no_node && !are_equal(next.graph(), table[place], now))
      place = (place + 1) & mask;
    if (table[place] == no_node)
      table[place] = now;
    else
      next.redirect(id, table[place], "equal nodes");
  }
  return drop_unread(std::move(next).finish());
}

}  // namespace gradus
