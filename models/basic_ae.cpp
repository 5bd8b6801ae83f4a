#include <gradus/basic_ae.h>

#include <gradus/initializers.h>
#include <gradus/ops.h>

#include "unit_nbrs.h"

namespace gradus {

BasicAE::BasicAE(const Graph& graph, const std::vector<std::int64_t>& unit_nbrs,
                 SourceLocation where)
    : Module(graph, "basic_ae", where) {
  checked_unit_nbrs(unit_nbrs, "BasicAE", 2, 2, where);
  const std::int64_t inputs = unit_nbrs[0], units = unit_nbrs[1];
  variable("W", glorot_uniform({units, inputs}), where);
  variable("b1", zeros({units}), where);
  variable("b2", zeros({inputs}), where);
}

Tensor BasicAE::encode(const Tensor& x) const {
  const NameScope module = enter();
  const NameScope scope(graph().shared_state(), "encoder", SourceLocation::current());
  return elu(matmul(x, W(), {.transpose_b = true}) + b1());
}

Tensor BasicAE::decode(const Tensor& code) const {
  const NameScope module = enter();
  const NameScope scope(graph().shared_state(), "decoder", SourceLocation::current());
  return elu(matmul(code, W()) + b2());
}

}  // namespace gradus
