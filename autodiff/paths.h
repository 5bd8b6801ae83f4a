// The way of a gradient from ys to xs: which nodes it passes, and whether it can.
#pragma once

#include <cstddef>
#include <vector>

#include <gradus/gradients.h>
#include <gradus/op/op.h>

#include "graph/graph_state.h"
#include "graph/node_flags.h"

namespace gradus {

// Whether a gradient flows from a node of this op to its operand number k.
inline bool flows(const GraphState& graph, const Op& op, std::size_t k, NodeId operand) {
  return is_float(graph.kind(operand).dtype) && (op.gradient.empty() || bool(op.gradient_of(k)));
}

// Which nodes up to `last` are computed from one of xs, along paths on which gradients flow.
NodeFlags reached_from(const std::vector<Tensor>& xs, const GraphState& graph, NodeId last);

// Refuses xs that no gradient of ys comes to, and ops on the way without gradient rule.
void check_paths(const std::vector<Tensor>& ys, const std::vector<Tensor>& xs,
                 const GraphState& graph, const NodeFlags& wanted, Unconnected unconnected,
                 SourceLocation where);

}  // namespace gradus
