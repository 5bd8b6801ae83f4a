// The gradient rules of an op by the full Jacobian, first and second order, with dimensions known
// and unknown when the graph is built.
#pragma once

#include "proof/proof.h"
#include "proof/report.h"

namespace gradus::proof {

Report check_derivatives(const Proof& proof);

// The operand shapes at which derivatives are taken: small ones.
std::vector<std::vector<Shape>> derivative_cases(const Proof& proof);

}  // namespace gradus::proof
