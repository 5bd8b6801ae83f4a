// NaN and infinity in what a run makes, and the node where they arose.
#pragma once

#include <cstddef>
#include <string>

#include <gradus/op/kernel_call.h>

#include "interpret.h"

namespace gradus {

// Whether no element is NaN or infinite; integers and truth values are neither.
bool all_finite(const ArrayView& x);
// "is nan" of a single element, else "has 2 NaN and 1 infinite of 6 elements, the first at [0, 1]".
std::string non_finite_text(const ArrayView& x);

// Computes the program once more, node by node, and names the first node, in order of the graph,
// that was not finite though its operands were, and from which that came to a result or an assigned
// value: NaN that `where` hides is no fault. Where what arose there is infinity, and NaN came of it
// later, as of -inf that stands for "masked", that node is named, too. `outcome`: what was seen of
// the run. NumericsError.
[[noreturn]] void refuse_non_finite(const std::string& outcome, const Program& program,
                                    const ValueSource& source, const RunContext& context,
                                    std::size_t memory_limit, SourceLocation where);

}  // namespace gradus
