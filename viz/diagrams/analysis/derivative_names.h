// Which nodes are the derivatives of what, by name: "dloss/dW".
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "graph/graph_state.h"

namespace gradus {

// Of those among the nodes, in ascending order, that are the gradient of a variable or placeholder.
// A graph does not say so itself: it follows from what each gradient node differentiates, and from
// which of them others read; where that leaves a choice, a node gets no name.
std::unordered_map<NodeId, std::string> derivative_names(const GraphState& graph,
                                                         const std::vector<NodeId>& nodes);

}  // namespace gradus
