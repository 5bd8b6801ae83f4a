// Dense: a product with a matrix, a bias, an activation.
#pragma once

#include <cstdint>
#include <string>

#include <gradus/activation.h>
#include <gradus/module.h>
#include <gradus/weight_initializer.h>

namespace gradus::layers {

struct DenseOptions {
  std::string name = "dense";
  Activation activation = "linear";
  bool use_bias = true;
  WeightInitializer kernel_initializer = "glorot_uniform";
  WeightInitializer bias_initializer = "zeros";
};

// activation(x W^T + b) for x [..., inputs]: [..., units]. W is [units, inputs], b [units].
//
//   layers::Dense hidden(g, 784, 128, {.activation = "relu"});
//   Tensor h = hidden(x);
class Dense : public Module {
 public:
  // GraphError unless both sizes are 1 or more.
  Dense(const Parent& parent, std::int64_t inputs, std::int64_t units,
        const DenseOptions& options = {}, SourceLocation where = SourceLocation::current());

  Tensor operator()(Operand x) const;

  const Variable& W() const { return W_; }
  // An empty Variable without bias.
  const Variable& b() const { return b_; }

 private:
  Activation activation_;
  Variable W_, b_;
};

}  // namespace gradus::layers
