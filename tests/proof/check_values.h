// The values of an op against its oracle: dtype x shape class x layout.
#pragma once

#include "proof/proof.h"
#include "proof/report.h"

namespace gradus::proof {

Report check_values(const Proof& proof);

}  // namespace gradus::proof
