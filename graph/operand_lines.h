// The operands of a call, as errors list them.
#pragma once

#include <span>
#include <string>

#include <gradus/op/op.h>

#include "graph_state.h"

namespace gradus {

// "a", or "[0]" of an op whose operands have no names.
std::string operand_label(const Op& op, std::size_t i);
// A line for each, "\n  a   \"h\"  float32 [2, 3]", in columns; a literal number stands for itself.
std::string operand_lines(const Op& op, const GraphState& graph, std::span<const NodeId> operands,
                          std::span<const std::string> types);

}  // namespace gradus
