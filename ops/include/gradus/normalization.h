// Values brought to a common scale; float32 and float64.
#pragma once

#include <gradus/axes.h>
#include <gradus/tensor.h>

namespace gradus {

// y = x / sqrt(max(sum of x^2 over axes, epsilon)).
Tensor l2_normalize(Operand x, Axes axes = {}, double epsilon = 1e-12);

// y = scale (x - mean) / sqrt(variance + epsilon) + offset, with mean and variance of each row
// along the last axis; scale and offset broadcast, [x's last dimension] as a rule.
Tensor layer_norm(Operand x, Operand scale, Operand offset, double epsilon = 1e-3);

// For training: the same with mean and variance over all axes but the last, which are given, too.
//
//   const auto [y, mean, variance] = batch_norm(x, scale, offset);
//   assign(moving_mean, 0.99 * moving_mean + 0.01 * mean);
struct BatchNormResult {
  Tensor y, mean, variance;  // mean and variance are [x's last dimension]
};
BatchNormResult batch_norm(Operand x, Operand scale, Operand offset, double epsilon = 1e-3);
// For use: the same with given mean and variance, the moving averages of training.
Tensor batch_norm_inference(Operand x, Operand mean, Operand variance, Operand scale,
                            Operand offset, double epsilon = 1e-3);

}  // namespace gradus
