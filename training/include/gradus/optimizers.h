// Optimizers: they append the nodes of one training step. Names, formulas and defaults are Keras's.
//
//   Tensor step = SGD{.learning_rate = 0.01}.minimize(loss);
//   session.run(step, {{x, images}});
#pragma once

#include <vector>

#include <gradus/tensor.h>

namespace gradus {

// A variable and the gradient that moves it.
struct GradientAndVariable {
  Tensor gradient;
  Variable variable;
};

// Every optimizer has these two:
//
// minimize(loss) differentiates the scalar loss and updates all trainable variables that it is
// computed from; minimize(loss, variables) updates these. apply_gradients: the update alone, for
// gradients that were clipped or averaged before. Each gives the node that does one step when it is
// run, and moves the averages of layers (see BatchNorm) that the gradients are computed with.
// GraphError for a hyperparameter out of its range, a variable without gradient, or an empty
// list.

// velocity <- momentum velocity - learning_rate gradient;  W <- W + velocity
// With nesterov: W <- W + momentum velocity - learning_rate gradient.
struct SGD {
  double learning_rate = 0.01;
  double momentum = 0;
  bool nesterov = false;

  Tensor minimize(const Tensor& loss, SourceLocation where = SourceLocation::current()) const;
  Tensor minimize(const Tensor& loss, const std::vector<Variable>& variables,
                  SourceLocation where = SourceLocation::current()) const;
  Tensor apply_gradients(const std::vector<GradientAndVariable>& gradients,
                         SourceLocation where = SourceLocation::current()) const;
};

// mean_square <- rho mean_square + (1 - rho) gradient^2
// W <- W - learning_rate gradient / sqrt(mean_square + epsilon), through a velocity if momentum >
// 0; centered subtracts the squared mean gradient under the root.
struct RMSprop {
  double learning_rate = 0.001;
  double rho = 0.9;
  double momentum = 0;
  double epsilon = 1e-7;
  bool centered = false;

  Tensor minimize(const Tensor& loss, SourceLocation where = SourceLocation::current()) const;
  Tensor minimize(const Tensor& loss, const std::vector<Variable>& variables,
                  SourceLocation where = SourceLocation::current()) const;
  Tensor apply_gradients(const std::vector<GradientAndVariable>& gradients,
                         SourceLocation where = SourceLocation::current()) const;
};

// m <- m + (1 - beta_1) (gradient - m);  v <- v + (1 - beta_2) (gradient^2 - v)
// W <- W - learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon) in step t
// (Kingma and Ba, "Adam: a method for stochastic optimization", 2015, end of section 2).
struct Adam {
  double learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;

  Tensor minimize(const Tensor& loss, SourceLocation where = SourceLocation::current()) const;
  Tensor minimize(const Tensor& loss, const std::vector<Variable>& variables,
                  SourceLocation where = SourceLocation::current()) const;
  Tensor apply_gradients(const std::vector<GradientAndVariable>& gradients,
                         SourceLocation where = SourceLocation::current()) const;
};

}  // namespace gradus
