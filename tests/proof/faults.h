// The checker, checked: each gradient rule is made wrong in several ways, and the comparison of
// Jacobians must notice each.
#pragma once

#include "proof/proof.h"
#include "proof/report.h"

namespace gradus::proof {

// checked: the faults that were planted; failures: those that went unnoticed. A fault that changes
// no number at the point (a sign before a gradient of 0) counts as none.
Report plant_faults(const Proof& proof);

}  // namespace gradus::proof
