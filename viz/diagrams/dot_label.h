// The words in a diagram.
#pragma once

#include <string>
#include <string_view>

#include "graph/graph_state.h"

namespace gradus {

// "[?, 784]"; "int64 [?]" where the dtype is not float32.
std::string value_label(DType dtype, const Shape& shape);
std::string value_label(const GraphState& graph, NodeId id);

// The lines in a node's box: the user's name for it, the op, then its attributes, or the formula if
// numbers are among its operands: "loss", "multiply", "0.5 * twice". Of a node that is drawn for
// others up to `last`: "W1 … W30", and the attributes that the two have in common.
std::string node_label(const GraphState& graph, NodeId id, NodeId last);

// The user's name for it without its scope, or else the op's.
std::string short_name(const GraphState& graph, NodeId id);

// Which operand of its op it is, if their order matters and another tensor stands beside it, else
// nothing: "condition"; "2nd" in the place of names like "b", which users give to variables.
std::string operand_label(const GraphState& graph, NodeId id, std::size_t operand);

}  // namespace gradus
