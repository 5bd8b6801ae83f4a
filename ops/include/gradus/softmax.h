// Probabilities from logits, along one axis; float32 and float64.
#pragma once

#include <cstdint>

#include <gradus/tensor.h>

namespace gradus {

// y = e^x / sum of e^x, computed from x - max x. NaN for a row that holds NaN or inf, or only -inf.
Tensor softmax(Operand x, std::int64_t axis = -1);
// y = x - log(sum of e^x), exact where softmax is too small for a float.
Tensor log_softmax(Operand x, std::int64_t axis = -1);

}  // namespace gradus
