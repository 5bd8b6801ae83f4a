// Textbooks write "z = x W^T + b" as one formula, where the graph has three nodes.
#pragma once

#include <gradus/explain.h>

namespace gradus {

// Fills in ForwardStep::whole: a product of matrices, or a bias repeated over the batch, that one +
// or - alone reads and that has no name of the user's, is a part of that +. Its gradient is the
// +'s. Where contributions would come in another order than that of the backward pass, parts stay
// for themselves.
void find_parts(Explanation& explanation);

}  // namespace gradus
