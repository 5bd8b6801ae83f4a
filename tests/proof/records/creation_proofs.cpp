#include "proof/proof.h"

#include <gradus/op/records.h>

namespace gradus::proof {
namespace {

// The operand lends its graph alone.
Proof creation_proof(const Composite& made, Tensor (*call)(Graph&), const Value& expected) {
  return {.composite = &made,
          .call =
              [call](const Tensors& x) {
                Graph g(x[0].shared_state());
                return call(g);
              },
          .oracle = Oracle([expected](const Values&) { return expected; }),
          .operands = {{}},
          .shapes = {{{}}},
          .dtypes = {float64},
          .has_gradient = false};
}

}  // namespace

std::vector<Proof> creation_proofs() {
  return {
      creation_proof(full_composite,
                     [](Graph& g) {
                       return full(g, {2, 1}, 2.5, float64);
                     },
                     {{2, 1}, {2.5L, 2.5L}}),
      creation_proof(zeros_composite, [](Graph& g) { return zeros(g, {2}, float64); },
                     {{2}, {0, 0}}),
      creation_proof(ones_composite, [](Graph& g) { return ones(g, {}, float64); }, {{}, {1}}),
      creation_proof(range_composite, [](Graph& g) { return range(g, 2, -3, -2, float64); },
                     {{3}, {2, 0, -2}}),
      creation_proof(linspace_composite, [](Graph& g) { return linspace(g, 1, 2, 4, float64); },
                     {{4}, {1, 4 / 3.0L, 5 / 3.0L, 2}}),
      creation_proof(eye_composite, [](Graph& g) { return eye(g, 2, float64); },
                     {{2, 2}, {1, 0, 0, 1}}),
  };
}

}  // namespace gradus::proof
