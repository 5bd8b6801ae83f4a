// One node as a formula of the formulas of its parts.
#pragma once

#include <functional>
#include <optional>

#include "formula_template.h"
#include "formula_view.h"

namespace gradus {

// The formula of a part: see FormulaView::parts.
using FormulaOf = std::function<Formula(NodeId)>;

// By the form of its op, or by the phrase that people use: "a b^T" for a matmul with flags,
// "mean(x, axis=0)" for a mean over rows.
Formula call_formula(const FormulaView& view, NodeId id, Notation notation, const FormulaOf& of);

// How people write what no form can say; nothing where the op's own form serves.
std::optional<Formula> phrase(const FormulaView& view, NodeId id, Notation notation,
                              const FormulaOf& of);

// Operand k of an op that broadcasts nothing: what the view leaves out is written, as in
// broadcast_to(0, [2, 3]).
Formula shaped_operand(const FormulaView& view, NodeId id, std::size_t k, Notation notation,
                       const FormulaOf& of);

// As NumPy has it: "0", "(0, 2)".
std::string axes_text(const std::vector<std::int64_t>& axes);

// A number, or the elements of a small array.
Formula array_formula(const Array& array, Notation notation);

}  // namespace gradus
