#include <gradus/normalization_layers.h>

#include <cmath>

#include <gradus/at.h>
#include <gradus/initializers.h>
#include <gradus/ops.h>

#include "check_size.h"
#include "training/optimizers/moving_update.h"

namespace gradus::layers {

BatchNorm::BatchNorm(const Parent& parent, std::int64_t channels, const BatchNormOptions& options,
                     SourceLocation where)
    : Module(parent, options.name, where), options_(options) {
  checked_size("BatchNorm", "channels", channels, where);
  if (!(options.momentum >= 0 && options.momentum <= 1))
    throw_at<GraphError>(where, "BatchNorm: momentum must be in [0, 1], got {}", options.momentum);
  if (!(options.epsilon > 0) || !std::isfinite(options.epsilon))
    throw_at<GraphError>(where, "BatchNorm: epsilon must be above 0, got {}", options.epsilon);
  if (options.scale) gamma_ = variable("gamma", ones({channels}), where);
  if (options.center) beta_ = variable("beta", zeros({channels}), where);
  moving_mean_ = variable("moving_mean", zeros({channels}), false, where);
  moving_variance_ = variable("moving_variance", ones({channels}), false, where);
}

Tensor BatchNorm::operator()(Operand x, CallOptions options) const {
  const At here(x);
  const NameScope scope = enter();
  const Operand gamma = gamma_ ? Operand(gamma_) : Operand(1), beta = beta_ ? Operand(beta_) : 0;
  if (!options.training)
    return batch_norm_inference(x, moving_mean_, moving_variance_, gamma, beta, options_.epsilon);
  const auto [y, mean, variance] = batch_norm(x, gamma, beta, options_.epsilon);
  follow(moving_mean_, mean, options_.momentum);
  follow(moving_variance_, variance, options_.momentum);
  return y;
}

LayerNorm::LayerNorm(const Parent& parent, std::int64_t size, const LayerNormOptions& options,
                     SourceLocation where)
    : Module(parent, options.name, where), epsilon_(options.epsilon) {
  checked_size("LayerNorm", "size", size, where);
  gamma_ = variable("gamma", ones({size}), where);
  beta_ = variable("beta", zeros({size}), where);
}

Tensor LayerNorm::operator()(Operand x) const {
  const At here(x);
  const NameScope scope = enter();
  return layer_norm(x, gamma_, beta_, epsilon_);
}

Dropout::Dropout(double rate, SourceLocation where) : rate_(rate) {
  if (!(rate >= 0 && rate < 1))
    throw_at<GraphError>(where, "Dropout: rate must be in [0, 1), got {}", rate);
}

Tensor Dropout::operator()(Operand x, CallOptions options) const {
  return options.training ? dropout(x, rate_) : x.tensor();
}

}  // namespace gradus::layers
