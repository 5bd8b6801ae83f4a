// Zeros, infinities, NaN, denormals and the largest numbers at every position of an array: the
// vector loop and its tail agree bit by bit, and both with the oracle.
#pragma once

#include "proof/proof.h"
#include "proof/report.h"

namespace gradus::proof {

Report check_special_values(const Proof& proof);

}  // namespace gradus::proof
