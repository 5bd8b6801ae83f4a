// Optimizers: they append the nodes of one training step. Names, formulas and defaults are Keras's.
//
//   Tensor step = SGD{.learning_rate = 0.01}.minimize(loss);
//   session.run(step, {{x, images}});
//
//   Tensor step = Adam{.learning_rate = cosine_decay(2e-3, 10'000),
//                      .weight_decay = 0.01,
//                      .decayed = "W*",
//                      .global_clip_norm = 1}
//                     .minimize(loss);
#pragma once

#include <string>
#include <vector>

#include <gradus/learning_rate.h>
#include <gradus/tensor.h>

namespace gradus {

// A variable and the gradient that moves it.
struct GradientAndVariable {
  Tensor gradient;
  Variable variable;
};

// What minimize() applies: the gradients of the scalar loss with respect to these variables, or all
// trainable ones that it is computed from. GraphError for a variable without gradient, or none.
std::vector<GradientAndVariable> compute_gradients(
    const Tensor& loss, SourceLocation where = SourceLocation::current());
std::vector<GradientAndVariable> compute_gradients(
    const Tensor& loss, const std::vector<Variable>& variables,
    SourceLocation where = SourceLocation::current());

// Every optimizer has these. (A base class would have them once; but g++ warns where a class with
// one is made by the names of its members.)
//
// minimize(loss) differentiates the scalar loss and updates all trainable variables that it is
// computed from; minimize(loss, variables) updates these. apply_gradients: the update alone, for
// those of compute_gradients() that were averaged or changed before. Each gives the node that does
// one step when it is run, and moves the averages of layers (see BatchNorm) that the gradients are
// computed with. GraphError for a hyperparameter out of its range, a variable without gradient, or
// an empty list.
//
// weight_decay: W also loses learning_rate weight_decay W, if its name, or the part after the last
// '/', matches `decayed` ("W*"): Loshchilov and Hutter, "Decoupled weight decay regularization",
// 2019. Of these at most one is above 0: each gradient is cut to [-clip_value, clip_value]; or
// scaled to a norm of clip_norm, if it is longer; or all of them together to global_clip_norm.

// velocity <- momentum velocity - learning_rate gradient;  W <- W + velocity
// With nesterov: W <- W + momentum velocity - learning_rate gradient.
struct SGD {
  LearningRate learning_rate = 0.01;
  double momentum = 0;
  bool nesterov = false;

  double weight_decay = 0;
  std::string decayed = "*";
  double clip_value = 0, clip_norm = 0, global_clip_norm = 0;

  Tensor minimize(const Tensor& loss, SourceLocation where = SourceLocation::current()) const {
    return apply_gradients(compute_gradients(loss, where), where);
  }
  Tensor minimize(const Tensor& loss, const std::vector<Variable>& variables,
                  SourceLocation where = SourceLocation::current()) const {
    return apply_gradients(compute_gradients(loss, variables, where), where);
  }
  Tensor apply_gradients(const std::vector<GradientAndVariable>& gradients,
                         SourceLocation where = SourceLocation::current()) const;
};

// mean_square <- rho mean_square + (1 - rho) gradient^2
// W <- W - learning_rate gradient / sqrt(mean_square + epsilon), through a velocity if momentum >
// 0; centered subtracts the squared mean gradient under the root.
struct RMSprop {
  LearningRate learning_rate = 0.001;
  double rho = 0.9;
  double momentum = 0;
  double epsilon = 1e-7;
  bool centered = false;

  double weight_decay = 0;
  std::string decayed = "*";
  double clip_value = 0, clip_norm = 0, global_clip_norm = 0;

  Tensor minimize(const Tensor& loss, SourceLocation where = SourceLocation::current()) const {
    return apply_gradients(compute_gradients(loss, where), where);
  }
  Tensor minimize(const Tensor& loss, const std::vector<Variable>& variables,
                  SourceLocation where = SourceLocation::current()) const {
    return apply_gradients(compute_gradients(loss, variables, where), where);
  }
  Tensor apply_gradients(const std::vector<GradientAndVariable>& gradients,
                         SourceLocation where = SourceLocation::current()) const;
};

// m <- m + (1 - beta_1) (gradient - m);  v <- v + (1 - beta_2) (gradient^2 - v)
// W <- W - learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon) in step t
// (Kingma and Ba, "Adam: a method for stochastic optimization", 2015, end of section 2). With
// weight_decay it is what others call AdamW; Keras's has 0.004, PyTorch's 0.01.
struct Adam {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;

  double weight_decay = 0;
  std::string decayed = "*";
  double clip_value = 0, clip_norm = 0, global_clip_norm = 0;

  Tensor minimize(const Tensor& loss, SourceLocation where = SourceLocation::current()) const {
    return apply_gradients(compute_gradients(loss, where), where);
  }
  Tensor minimize(const Tensor& loss, const std::vector<Variable>& variables,
                  SourceLocation where = SourceLocation::current()) const {
    return apply_gradients(compute_gradients(loss, variables, where), where);
  }
  Tensor apply_gradients(const std::vector<GradientAndVariable>& gradients,
                         SourceLocation where = SourceLocation::current()) const;
};

// Adam with Nesterov's momentum: with m and v as there, u_t = beta_1 (1 - 0.96^t / 2) and
// U_t = u_1 ... u_t,
// W <- W - learning_rate (u_(t+1) m / (1 - U_(t+1)) + (1 - u_t) gradient / (1 - U_t))
//          / (sqrt(v / (1 - beta_2^t)) + epsilon)
// (Dozat, "Incorporating Nesterov momentum into Adam", 2016; it has 0.96^(t / 250) there, and so
// has PyTorch, whose momentum_decay is 1 here).
struct Nadam {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;

  double weight_decay = 0;
  std::string decayed = "*";
  double clip_value = 0, clip_norm = 0, global_clip_norm = 0;

  Tensor minimize(const Tensor& loss, SourceLocation where = SourceLocation::current()) const {
    return apply_gradients(compute_gradients(loss, where), where);
  }
  Tensor minimize(const Tensor& loss, const std::vector<Variable>& variables,
                  SourceLocation where = SourceLocation::current()) const {
    return apply_gradients(compute_gradients(loss, variables, where), where);
  }
  Tensor apply_gradients(const std::vector<GradientAndVariable>& gradients,
                         SourceLocation where = SourceLocation::current()) const;
};

// Keras's Lamb: direction = m / (1 - beta_1^t) / (sqrt(v / (1 - beta_2^t)) + epsilon), with m and v
// as in Adam; W <- W - learning_rate |W| / |direction| direction, and without this ratio of norms
// where one of them is 0 (You et al., "Large batch optimization for deep learning", 2020). As in
// Keras, weight_decay takes its part of W before, and not as a part of the direction.
struct LAMB {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;

  double weight_decay = 0;
  std::string decayed = "*";
  double clip_value = 0, clip_norm = 0, global_clip_norm = 0;

  Tensor minimize(const Tensor& loss, SourceLocation where = SourceLocation::current()) const {
    return apply_gradients(compute_gradients(loss, where), where);
  }
  Tensor minimize(const Tensor& loss, const std::vector<Variable>& variables,
                  SourceLocation where = SourceLocation::current()) const {
    return apply_gradients(compute_gradients(loss, variables, where), where);
  }
  Tensor apply_gradients(const std::vector<GradientAndVariable>& gradients,
                         SourceLocation where = SourceLocation::current()) const;
};

// sum_square <- sum_square + gradient^2;  W <- W - learning_rate gradient / sqrt(sum_square +
// epsilon), sum_square being initial_accumulator_value at first (Duchi et al., "Adaptive
// subgradient methods", 2011).
struct Adagrad {
  LearningRate learning_rate = 0.001;
  double initial_accumulator_value = 0.1;
  double epsilon = 1e-7;

  double weight_decay = 0;
  std::string decayed = "*";
  double clip_value = 0, clip_norm = 0, global_clip_norm = 0;

  Tensor minimize(const Tensor& loss, SourceLocation where = SourceLocation::current()) const {
    return apply_gradients(compute_gradients(loss, where), where);
  }
  Tensor minimize(const Tensor& loss, const std::vector<Variable>& variables,
                  SourceLocation where = SourceLocation::current()) const {
    return apply_gradients(compute_gradients(loss, variables, where), where);
  }
  Tensor apply_gradients(const std::vector<GradientAndVariable>& gradients,
                         SourceLocation where = SourceLocation::current()) const;
};

// W <- W - learning_rate sign(beta_1 m + (1 - beta_1) gradient);  m <- beta_2 m + (1 - beta_2)
// gradient (Chen et al., "Symbolic discovery of optimization algorithms", 2023).
struct Lion {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.99;

  double weight_decay = 0;
  std::string decayed = "*";
  double clip_value = 0, clip_norm = 0, global_clip_norm = 0;

  Tensor minimize(const Tensor& loss, SourceLocation where = SourceLocation::current()) const {
    return apply_gradients(compute_gradients(loss, where), where);
  }
  Tensor minimize(const Tensor& loss, const std::vector<Variable>& variables,
                  SourceLocation where = SourceLocation::current()) const {
    return apply_gradients(compute_gradients(loss, variables, where), where);
  }
  Tensor apply_gradients(const std::vector<GradientAndVariable>& gradients,
                         SourceLocation where = SourceLocation::current()) const;
};

}  // namespace gradus
