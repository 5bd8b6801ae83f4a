#include "proof/proof.h"

namespace gradus::proof {

std::vector<Proof> shape_proofs() { return {}; }

}  // namespace gradus::proof
