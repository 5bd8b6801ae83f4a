// Losses of regression along the last axis; the truth comes first, as in Keras. The two broadcast.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

// y = mean of (y_true - y_pred)^2.
Tensor mean_squared_error(Operand y_true, Operand y_pred);

// y = mean of e^2 / 2 if |e| <= delta, delta (|e| - delta / 2) else, for e = y_true - y_pred.
// GraphError unless delta is above 0.
Tensor huber(Operand y_true, Operand y_pred, double delta = 1);

}  // namespace gradus
