// Identities, conversions, and what changes variables.
#pragma once

#include <vector>

#include <gradus/tensor.h>

namespace gradus {

Tensor identity(Operand x);
// x itself, through which no gradient flows.
Tensor stop_gradient(Operand x);
// To another dtype. To integers: the fraction is cut, NaN is 0, out of range is the nearest end.
Tensor cast(Operand x, DType dtype);

// The new value of a variable, which it takes at the end of each run that fetches this node, or a
// node computed from it. GraphError if the first operand is no variable.
Tensor assign(Operand variable, Operand value);
// Fetching it runs all of these; its value is empty (float32 [0]).
Tensor group(const std::vector<Operand>& operands);

}  // namespace gradus
