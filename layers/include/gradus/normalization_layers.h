// BatchNorm, LayerNorm and Dropout: layers that keep values in a range, or learning from the data
// by heart.
#pragma once

#include <cstdint>
#include <string>

#include <gradus/call_options.h>
#include <gradus/module.h>

namespace gradus::layers {

struct BatchNormOptions {
  std::string name = "batch_norm";
  double momentum = 0.99;
  double epsilon = 1e-3;
  bool center = true;  // beta is added
  bool scale = true;   // gamma multiplies
};

// (x - mean) / sqrt(variance + epsilon) gamma + beta for each of the channels, x's last axis (Ioffe
// and Szegedy, "Batch normalization", 2015). In training the mean and the variance are the batch's,
// and each step of an optimizer that trains on the result moves the moving averages to them:
// moving <- momentum moving + (1 - momentum) batch. Otherwise they are these averages.
//
//   layers::BatchNorm norm(g, 128);
//   Tensor learned = norm(h, {.training = true}), used = norm(h);
class BatchNorm : public Module {
 public:
  // GraphError unless channels is 1 or more, momentum in [0, 1], epsilon above 0.
  BatchNorm(const Parent& parent, std::int64_t channels, const BatchNormOptions& options = {},
            SourceLocation where = SourceLocation::current());

  Tensor operator()(Operand x, CallOptions options = {}) const;

  const Variable& moving_mean() const { return moving_mean_; }
  const Variable& moving_variance() const { return moving_variance_; }

 private:
  BatchNormOptions options_;
  Variable gamma_, beta_, moving_mean_, moving_variance_;
};

struct LayerNormOptions {
  std::string name = "layer_norm";
  double epsilon = 1e-3;
};

// (x - mean) / sqrt(variance + epsilon) gamma + beta, with mean and variance of each row along the
// last axis (Ba et al., "Layer normalization", 2016).
class LayerNorm : public Module {
 public:
  // GraphError unless size, that of the last axis, is 1 or more.
  LayerNorm(const Parent& parent, std::int64_t size, const LayerNormOptions& options = {},
            SourceLocation where = SourceLocation::current());

  Tensor operator()(Operand x) const;

 private:
  double epsilon_;
  Variable gamma_, beta_;
};

// In training each element is 0 with the probability `rate`, and x / (1 - rate) else; otherwise x
// (Srivastava et al., "Dropout", 2014).
class Dropout {
 public:
  // GraphError unless 0 <= rate < 1.
  explicit Dropout(double rate, SourceLocation where = SourceLocation::current());
  Tensor operator()(Operand x, CallOptions options = {}) const;

 private:
  double rate_;
};

}  // namespace gradus::layers
