#include "proof/proof.h"

namespace gradus::proof {

std::vector<Proof> indexing_proofs() { return {}; }

}  // namespace gradus::proof
