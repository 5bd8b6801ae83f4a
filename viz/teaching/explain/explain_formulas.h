// The formulas of an explanation: what stands beside each number.
#pragma once

#include <gradus/explain.h>

namespace gradus {

// Fills in symbol, text, latex and shapes of all steps. `first_gradient` is the first node that the
// backward pass appended.
void write_formulas(Explanation& explanation, NodeId first_gradient);

}  // namespace gradus
