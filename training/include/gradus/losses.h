// Terms of losses.
//
//   Tensor loss = reconstruction_error(x_tilde, x) + 1e-4 * l2(ae.trainable_variables("W*"));
#pragma once

#include <vector>

#include <gradus/tensor.h>

namespace gradus {

// The practical's eq. (1): the squared distance ||x_tilde - x||^2 of each row, averaged over the
// rows. x_tilde and x are [n, size]; a scalar.
Tensor reconstruction_error(Operand x_tilde, Operand x);

// The sum of squares of all elements of all variables; a scalar. GraphError if there are none.
Tensor l2(const std::vector<Variable>& variables, SourceLocation where = SourceLocation::current());

}  // namespace gradus
