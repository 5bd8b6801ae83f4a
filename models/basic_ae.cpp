#include <gradus/basic_ae.h>

#include <gradus/at.h>
#include <gradus/initializers.h>
#include <gradus/ops.h>

#include "graph/graph_state.h"
#include "unit_nbrs.h"

namespace gradus::models {

// [constructor]
BasicAE::BasicAE(const Parent& parent, const std::vector<std::int64_t>& unit_nbrs,
                 SourceLocation where)
    : Module(parent, "basic_ae", where) {
  checked_unit_nbrs(unit_nbrs, "BasicAE", 2, 2, where);
  const std::int64_t inputs = unit_nbrs[0], units = unit_nbrs[1];
  variable("W", glorot_uniform({units, inputs}), where);
  variable("b1", zeros({units}), where);
  variable("b2", zeros({inputs}), where);
}
// [constructor]

// [call]
Tensor BasicAE::encode(Operand x) const {
  const At here(x);  // what is wrong with x is reported at the caller's line
  const NameScope module = enter();
  const NameScope scope = graph().scope("encoder");
  return elu(matmul(x, W(), {.transpose_b = true}) + b1());
}

Tensor BasicAE::decode(Operand code) const {
  const At here(code);
  const NameScope module = enter();
  const NameScope scope = graph().scope("decoder");
  return elu(matmul(code, W()) + b2());
}
// [call]

}  // namespace gradus::models
