#include <algorithm>
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

// The nodes so far, by open addressing: at most half full. The first places to look at are near
// those of the nodes before, because operands mostly are: a million nodes would each be a miss of
// the cache elsewhere.
class Table {
 public:
  explicit Table(std::size_t nodes) : places_(2 * nodes + near_places, no_node) {}

  // The equal node that is there, or this one from now on.
  NodeId find_or_add(const GraphState& graph, NodeId id) {
    const std::size_t hash = hash_of(graph, id);
    const auto operands = graph.operands(id);
    const std::size_t near = operands.empty() ? hash % (places_.size() - near_places)
                                              : 2 * index(std::ranges::max(operands));
    for (std::size_t i = 0;; ++i) {
      NodeId& known =
          places_[i < near_places ? near + (hash + i) % near_places : (hash + i) % places_.size()];
      if (known == no_node) known = id;
      if (known == id || are_equal(graph, known, id)) return known;
    }
  }

 private:
  static constexpr std::size_t near_places = 8;

  std::vector<NodeId> places_;
};

}  // namespace

Program merge(Program program) {
  Rewriter next(program);
  Table table(static_cast<std::size_t>(program.graph->node_count()));
  for (NodeId id : program.nodes()) {
    next.keep(id);
    if (!is_mergeable(program.op(id))) continue;
    const NodeId now = next.at(id), same = table.find_or_add(next.graph(), now);
    if (same != now) next.redirect(id, same, "equal nodes");
  }
  return std::move(next).finish();
}

}  // namespace gradus
