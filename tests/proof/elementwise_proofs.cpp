#include <algorithm>

#include "proof/proof.h"

namespace gradus::proof {

std::vector<Proof> elementwise_proofs() {
  const std::vector<DType> numbers{float32, float64, int32, int64};
  return {
      {.op = &add_op,
       .call = of(add),
       .oracle = of([](Real a, Real b) { return a + b; }),
       .dtypes = numbers},
      {.op = &exp_op, .call = of(exp), .oracle = of([](Real x) { return std::exp(x); })},
      {.op = &elu_op,
       .name = "elu_0_5",
       .call = [](const Tensors& x) { return elu(x[0], 0.5); },
       .oracle = of([](Real x) { return x > 0 ? x : 0.5L * std::expm1(x); }),
       .operands = {{.kinks = {0}}}},
  };
}

}  // namespace gradus::proof
