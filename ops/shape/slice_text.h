// How a slice is written.
#pragma once

#include <string>
#include <vector>

#include "graph/graph_state.h"

namespace gradus {

// Of a node of slice, one an axis, as NumPy has them: "3:4", ":", "::2".
std::vector<std::string> slice_texts(const GraphState& graph, NodeId id);

}  // namespace gradus
