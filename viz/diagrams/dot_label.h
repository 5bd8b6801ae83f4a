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
// numbers are among its operands: "loss", "multiply", "0.5 * b".
std::string node_label(const GraphState& graph, NodeId id);

// The user's name for it without its scope, or else the op's.
std::string short_name(const GraphState& graph, NodeId id);

// The operand's name in its op if the order of operands matters and another tensor stands beside
// it, else nothing.
std::string_view operand_label(const GraphState& graph, NodeId id, std::size_t operand);

}  // namespace gradus
