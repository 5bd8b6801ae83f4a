// One node as a formula of its operands' formulas.
#pragma once

#include <span>

#include <gradus/graph_state.h>

#include "formula_template.h"

namespace gradus {

// By the template of its op, or by the phrase that people use: "a b^T" for a matmul with flags,
// "mean_rows(x)" for a mean over axis 0.
Formula call_formula(const GraphState& graph, NodeId id, std::span<const Formula> operands,
                     Notation notation);

// A number, or the elements of a small array.
Formula array_formula(const Array& array, Notation notation);

Formula transposed(const Formula& formula, Notation notation);

}  // namespace gradus
