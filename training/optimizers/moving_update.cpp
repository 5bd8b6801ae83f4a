#include "moving_update.h"

#include <algorithm>

#include <gradus/op/records.h>
#include <gradus/ops.h>
#include <gradus/traversal.h>

#include "graph/graph_state.h"

namespace gradus {

// The assignment has the value as its origin, and is found by that: a model file keeps it, too.
void follow(const Variable& average, const Tensor& value, double momentum) {
  GraphState& graph = value.state();
  const InRole role(graph, Role::update);
  graph.context.origin = value.id();
  const Tensor kept = momentum * average;
  assign(average, kept + (1 - momentum) * value);
}

std::vector<Tensor> updates_along(const TensorList& tensors) {
  std::vector<Tensor> updates;
  if (tensors.empty()) return updates;
  const std::vector<NodeId> nodes = ancestors(tensors);
  GraphState& graph = tensors[0].state();
  for (std::int32_t i = 0; i < graph.node_count(); ++i) {
    const Node node = graph.node(NodeId{i});
    if (node.op == &assign_op && node.role == Role::update && node.origin != no_node &&
        std::ranges::binary_search(nodes, node.origin))
      updates.push_back(graph.tensor(NodeId{i}));
  }
  return updates;
}

}  // namespace gradus
