#include "proof/proof.h"

namespace gradus::proof {

std::vector<Proof> convolution_proofs() { return {}; }

}  // namespace gradus::proof
