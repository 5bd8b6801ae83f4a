// Dropout, for training: where a model is used, leave it out.
//
//   Tensor h = is_training ? dropout(relu(z), 0.5) : relu(z);
#pragma once

#include <gradus/tensor.h>

namespace gradus {

// Each element is 0 with the probability `rate`, and x / (1 - rate) else: others in each run.
// GraphError unless 0 <= rate < 1.
Tensor dropout(Operand x, double rate);

}  // namespace gradus
