#include <gradus/losses.h>

#include <gradus/at.h>
#include <gradus/ops.h>

#include "core/throw_at.h"
#include "graph/graph_state.h"

namespace gradus {

Tensor reconstruction_error(Operand x_tilde, Operand x) {
  const At here(x_tilde);
  return reduce_mean(reduce_sum(square(x_tilde - x), 1));
}

Tensor l2(const std::vector<Variable>& variables, SourceLocation where) {
  if (variables.empty()) throw_at<GraphError>(where, "l2: there are no variables");
  const At here(variables[0].state(), where);
  Tensor sum = reduce_sum(square(variables[0]));
  for (std::size_t i = 1; i < variables.size(); ++i) sum += reduce_sum(square(variables[i]));
  return sum;
}

}  // namespace gradus
