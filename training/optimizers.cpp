#include <gradus/optimizers.h>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <gradus/at.h>
#include <gradus/gradients.h>
#include <gradus/initializers.h>
#include <gradus/ops.h>
#include <gradus/traversal.h>

#include "core/throw_at.h"
#include "graph/graph_state.h"
#include "moving_update.h"

namespace gradus {
namespace {

// The trainable variables that the loss is computed from, in order of creation.
std::vector<Variable> variables_of(const Tensor& loss) {
  const std::vector<NodeId> nodes = ancestors({loss});
  std::vector<Variable> found;
  for (const VariableRecord& v : loss.state().variables())
    if (v.is_trainable && std::ranges::binary_search(nodes, v.node))
      found.emplace_back(Tensor(loss.shared_state(), v.node));
  return found;
}

template <class Optimizer>
Tensor minimize_with(const Optimizer& optimizer, const Tensor& loss,
                     const std::vector<Variable>& variables, SourceLocation where) {
  if (!loss) throw_at<GraphError>(where, "minimize: the loss is an empty Tensor");
  if (variables.empty()) throw_at<GraphError>(where, "minimize: the list of variables is empty");
  const std::vector<Tensor> d = gradients(loss, variables, {}, where);
  std::vector<GradientAndVariable> pairs;
  for (std::size_t i = 0; i < d.size(); ++i) pairs.push_back({d[i], variables[i]});
  return optimizer.apply_gradients(pairs, where);
}

template <class Optimizer>
Tensor minimize_with(const Optimizer& optimizer, const Tensor& loss, SourceLocation where) {
  if (!loss) throw_at<GraphError>(where, "minimize: the loss is an empty Tensor");
  const std::vector<Variable> variables = variables_of(loss);
  if (variables.empty())
    throw_at<GraphError>(where, "minimize: \"{}\" depends on no trainable variable", loss.name());
  return minimize_with(optimizer, loss, variables, where);
}

void check(std::string_view optimizer, std::string_view name, double value, bool is_right,
           std::string_view range, SourceLocation where) {
  if (!is_right)
    throw_at<GraphError>(where, "{}: {} must be {}, got {}", optimizer, name, range, value);
}
void check_size(std::string_view optimizer, std::string_view name, double value,
                SourceLocation where) {
  check(optimizer, name, value, std::isfinite(value) && value >= 0, "finite and 0 or more", where);
}
void check_decay(std::string_view optimizer, std::string_view name, double decay,
                 SourceLocation where) {
  check(optimizer, name, decay, decay >= 0 && decay < 1, "in [0, 1)", where);
}

// What the options of every optimizer ask for, in one apply_gradients call: scope, line, role,
// slots, learning rate, clipped gradients.
class Update {
 public:
  template <class Optimizer>
  Update(std::string_view name, const Optimizer& optimizer,
         const std::vector<GradientAndVariable>& pairs, SourceLocation where)
      : where_(where),
        graph_(checked(name, optimizer, pairs, where)),
        at_(*graph_, where),
        role_(*graph_, Role::update),
        scope_(graph_, std::string(name), where),
        pairs_(pairs),
        weight_decay_(optimizer.weight_decay),
        decayed_(optimizer.decayed),
        rate_(rate(optimizer.learning_rate)) {
    std::vector<Tensor> gradients;
    for (const GradientAndVariable& pair : pairs) gradients.push_back(pair.gradient);
    for (const Tensor& update : updates_along(gradients)) steps_.emplace_back(update);
    for (auto& [gradient, W] : pairs_) {
      if (optimizer.clip_value > 0)
        gradient = minimum(maximum(gradient, -optimizer.clip_value), optimizer.clip_value);
      if (optimizer.clip_norm > 0)
        gradient = scaled(gradient, sqrt(reduce_sum(square(gradient))), optimizer.clip_norm);
    }
    if (optimizer.global_clip_norm > 0) clip_together(optimizer.global_clip_norm);
  }

  // The gradients, clipped, and their variables.
  const std::vector<GradientAndVariable>& pairs() const { return pairs_; }
  Operand rate(DType dtype) const {
    return rate_.is_number() ? rate_ : Operand(cast(rate_, dtype), where_);
  }
  // W without what it loses by weight decay.
  Tensor decayed(const Variable& W) const {
    if (weight_decay_ == 0 || !(matches(W.name(), decayed_) || matches(W.local_name(), decayed_)))
      return W;
    const Tensor lost = weight_decay_ * W;
    return W - rate(W.dtype()) * lost;
  }

  // A variable of the optimizer: "<optimizer>/<W's name>/<name>", zero at first.
  Variable slot(const Variable& W, const std::string& name) const {
    return variable(fmt::format("{}/{}", W.name(), name), zeros(W.shape(), W.dtype()));
  }
  Variable variable(const std::string& name, const Initializer& initializer) const {
    return Graph(graph_).variable(name, initializer, false, where_);
  }

  void assign(const Variable& variable, const Tensor& value) {
    steps_.emplace_back(gradus::assign(variable, value));
  }
  // All assignments, and those of layers that the gradients are computed with.
  Tensor step() const { return group(steps_); }

 private:
  template <class Optimizer>
  static std::shared_ptr<GraphState> checked(std::string_view name, const Optimizer& optimizer,
                                             const std::vector<GradientAndVariable>& pairs,
                                             SourceLocation where) {
    if (optimizer.learning_rate.is_number())
      check_size(name, "learning_rate", optimizer.learning_rate.number(), where);
    check_size(name, "weight_decay", optimizer.weight_decay, where);
    check_size(name, "clip_value", optimizer.clip_value, where);
    check_size(name, "clip_norm", optimizer.clip_norm, where);
    check_size(name, "global_clip_norm", optimizer.global_clip_norm, where);
    if ((optimizer.clip_value > 0) + (optimizer.clip_norm > 0) + (optimizer.global_clip_norm > 0) >
        1)
      throw_at<GraphError>(
          where, "{}: of clip_value, clip_norm and global_clip_norm one is possible", name);
    if (pairs.empty()) throw_at<GraphError>(where, "{}: there are no gradients to apply", name);
    for (const auto& [gradient, variable] : pairs)
      if (!gradient || !variable)
        throw_at<GraphError>(where, "{}: a gradient or variable is an empty Tensor", name);
    const std::shared_ptr<GraphState>& graph = pairs[0].variable.shared_state();
    for (const auto& [gradient, variable] : pairs)
      for (const Tensor& t : {gradient, Tensor(variable)})
        if (t.shared_state() != graph)
          throw_at<GraphError>(where, "{}: \"{}\" is of another graph", name, t.name());
    return graph;
  }

  // A number, or a float64 scalar; it counts the steps of a schedule.
  Operand rate(const LearningRate& rate) {
    if (rate.is_number()) return rate.number();
    Tensor now = rate.tensor();
    if (rate.schedule()) {
      const Variable iterations = variable("iterations", zeros({}, float64));
      assign(iterations, iterations + 1);
      now = rate.schedule()(iterations);
    }
    if (!now || !is_float(now.dtype()) || now.rank() != 0)
      throw_at<GraphError>(
          where_, "minimize: the learning rate must be a float scalar, got {}",
          now ? fmt::format("\"{}\" {} {}", now.name(), to_text(now.dtype()), to_text(now.shape()))
              : "an empty Tensor");
    return Operand(cast(now, float64), where_);
  }

  // To a norm of `most`, if theirs is above.
  static Tensor scaled(const Tensor& gradient, const Tensor& norm, double most) {
    const Tensor factor = most / maximum(norm, most);
    return gradient * cast(factor, gradient.dtype());
  }
  void clip_together(double most) {
    Tensor squares;
    for (const GradientAndVariable& pair : pairs_) {
      const Tensor its = cast(reduce_sum(square(pair.gradient)), float64);
      squares = squares ? squares + its : its;
    }
    const Tensor norm = sqrt(squares);
    for (GradientAndVariable& pair : pairs_) pair.gradient = scaled(pair.gradient, norm, most);
  }

  SourceLocation where_;
  std::shared_ptr<GraphState> graph_;
  At at_;
  InRole role_;
  NameScope scope_;
  std::vector<GradientAndVariable> pairs_;
  std::vector<Operand> steps_;
  double weight_decay_;
  std::string decayed_;
  Operand rate_;
};

}  // namespace

Tensor SGD::minimize(const Tensor& loss, SourceLocation where) const {
  return minimize_with(*this, loss, where);
}
Tensor SGD::minimize(const Tensor& loss, const std::vector<Variable>& variables,
                     SourceLocation where) const {
  return minimize_with(*this, loss, variables, where);
}

Tensor SGD::apply_gradients(const std::vector<GradientAndVariable>& pairs,
                            SourceLocation where) const {
  check_decay("sgd", "momentum", momentum, where);
  Update update("sgd", *this, pairs, where);
  for (const auto& [gradient, W] : update.pairs()) {
    const Tensor move = update.rate(W.dtype()) * gradient;
    if (momentum == 0) {
      update.assign(W, update.decayed(W) - move);
      continue;
    }
    const Variable velocity = update.slot(W, "velocity");
    const Tensor next = momentum * velocity - move;
    update.assign(velocity, next);
    const Tensor kept = update.decayed(W);
    update.assign(W, nesterov ? kept + momentum * next - move : kept + next);
  }
  return update.step();
}

Tensor RMSprop::minimize(const Tensor& loss, SourceLocation where) const {
  return minimize_with(*this, loss, where);
}
Tensor RMSprop::minimize(const Tensor& loss, const std::vector<Variable>& variables,
                         SourceLocation where) const {
  return minimize_with(*this, loss, variables, where);
}

Tensor RMSprop::apply_gradients(const std::vector<GradientAndVariable>& pairs,
                                SourceLocation where) const {
  check_decay("rmsprop", "rho", rho, where);
  check_decay("rmsprop", "momentum", momentum, where);
  check_size("rmsprop", "epsilon", epsilon, where);
  Update update("rmsprop", *this, pairs, where);
  const auto follow_mean = [&](const Variable& mean, const Tensor& value) {
    const Tensor kept = rho * mean;
    Tensor next = kept + (1 - rho) * value;
    update.assign(mean, next);
    return next;
  };
  for (const auto& [gradient, W] : update.pairs()) {
    const Variable mean_square = update.slot(W, "mean_square");
    Tensor variance = follow_mean(mean_square, square(gradient));
    if (centered) variance -= square(follow_mean(update.slot(W, "mean_gradient"), gradient));
    const Tensor deviation = sqrt(variance + epsilon);
    Tensor move = update.rate(W.dtype()) * gradient / deviation;
    if (momentum != 0) {
      const Variable velocity = update.slot(W, "velocity");
      move = momentum * velocity + move;
      update.assign(velocity, move);
    }
    update.assign(W, update.decayed(W) - move);
  }
  return update.step();
}

Tensor Adam::minimize(const Tensor& loss, SourceLocation where) const {
  return minimize_with(*this, loss, where);
}
Tensor Adam::minimize(const Tensor& loss, const std::vector<Variable>& variables,
                      SourceLocation where) const {
  return minimize_with(*this, loss, variables, where);
}

Tensor Adam::apply_gradients(const std::vector<GradientAndVariable>& pairs,
                             SourceLocation where) const {
  check_decay("adam", "beta_1", beta_1, where);
  check_decay("adam", "beta_2", beta_2, where);
  check_size("adam", "epsilon", epsilon, where);
  Update update("adam", *this, pairs, where);
  // The powers of step t; float64, for they are multiplied in each step.
  const Variable power_1 = update.variable("beta_1_power", constant({}, beta_1, float64));
  const Variable power_2 = update.variable("beta_2_power", constant({}, beta_2, float64));
  const Tensor numerator = update.rate(float64) * sqrt(1 - power_2);
  const Tensor rate = numerator / (1 - power_1);
  update.assign(power_1, beta_1 * power_1);
  update.assign(power_2, beta_2 * power_2);
  for (const auto& [gradient, W] : update.pairs()) {
    const Variable m = update.slot(W, "m"), v = update.slot(W, "v");
    const Tensor next_m = m + (1 - beta_1) * (gradient - m);
    const Tensor next_v = v + (1 - beta_2) * (square(gradient) - v);
    update.assign(m, next_m);
    update.assign(v, next_v);
    const Tensor step = cast(rate, W.dtype()) * next_m;
    update.assign(W, update.decayed(W) - step / (sqrt(next_v) + epsilon));
  }
  return update.step();
}

Tensor Adagrad::minimize(const Tensor& loss, SourceLocation where) const {
  return minimize_with(*this, loss, where);
}
Tensor Adagrad::minimize(const Tensor& loss, const std::vector<Variable>& variables,
                         SourceLocation where) const {
  return minimize_with(*this, loss, variables, where);
}

Tensor Adagrad::apply_gradients(const std::vector<GradientAndVariable>& pairs,
                                SourceLocation where) const {
  check_size("adagrad", "initial_accumulator_value", initial_accumulator_value, where);
  check_size("adagrad", "epsilon", epsilon, where);
  Update update("adagrad", *this, pairs, where);
  for (const auto& [gradient, W] : update.pairs()) {
    const Variable sum_square = update.variable(
        W.name() + "/sum_square", constant(W.shape(), initial_accumulator_value, W.dtype()));
    const Tensor next = sum_square + square(gradient);
    update.assign(sum_square, next);
    const Tensor move = update.rate(W.dtype()) * gradient;
    update.assign(W, update.decayed(W) - move / sqrt(next + epsilon));
  }
  return update.step();
}

Tensor Lion::minimize(const Tensor& loss, SourceLocation where) const {
  return minimize_with(*this, loss, where);
}
Tensor Lion::minimize(const Tensor& loss, const std::vector<Variable>& variables,
                      SourceLocation where) const {
  return minimize_with(*this, loss, variables, where);
}

Tensor Lion::apply_gradients(const std::vector<GradientAndVariable>& pairs,
                             SourceLocation where) const {
  check_decay("lion", "beta_1", beta_1, where);
  check_decay("lion", "beta_2", beta_2, where);
  Update update("lion", *this, pairs, where);
  for (const auto& [gradient, W] : update.pairs()) {
    const Variable m = update.slot(W, "m");
    const Tensor looked = beta_1 * m, kept = beta_2 * m;
    const Tensor direction = sign(looked + (1 - beta_1) * gradient);
    update.assign(m, kept + (1 - beta_2) * gradient);
    update.assign(W, update.decayed(W) - update.rate(W.dtype()) * direction);
  }
  return update.step();
}

}  // namespace gradus
