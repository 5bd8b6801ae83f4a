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

// What one apply_gradients call does for all variables: scope, line, role, slots.
class Update {
 public:
  Update(std::string_view optimizer, const std::vector<GradientAndVariable>& pairs,
         SourceLocation where)
      : where_(where),
        graph_(checked(optimizer, pairs, where)),
        at_(*graph_, where),
        role_(*graph_, Role::update),
        scope_(graph_, std::string(optimizer), where) {
    std::vector<Tensor> gradients;
    for (const GradientAndVariable& pair : pairs) gradients.push_back(pair.gradient);
    for (const Tensor& update : updates_along(gradients)) also_.emplace_back(update);
  }

  // A variable of the optimizer: "<optimizer>/<W's name>/<name>", zero at first.
  Variable slot(const Variable& W, const std::string& name) const {
    return variable(fmt::format("{}/{}", W.name(), name), zeros(W.shape(), W.dtype()));
  }
  Variable variable(const std::string& name, const Initializer& initializer) const {
    return graph().variable(name, initializer, false, where_);
  }
  Graph graph() const { return Graph(graph_); }
  // The step: these assignments, and those of layers that the gradients are computed with.
  Tensor run(std::vector<Operand> steps) const {
    steps.insert(steps.end(), also_.begin(), also_.end());
    return group(steps);
  }

 private:
  static std::shared_ptr<GraphState> checked(std::string_view optimizer,
                                             const std::vector<GradientAndVariable>& pairs,
                                             SourceLocation where) {
    if (pairs.empty())
      throw_at<GraphError>(where, "{}: there are no gradients to apply", optimizer);
    for (const auto& [gradient, variable] : pairs)
      if (!gradient || !variable)
        throw_at<GraphError>(where, "{}: a gradient or variable is an empty Tensor", optimizer);
    const std::shared_ptr<GraphState>& graph = pairs[0].variable.shared_state();
    for (const auto& [gradient, variable] : pairs)
      for (const Tensor& t : {gradient, Tensor(variable)})
        if (t.shared_state() != graph)
          throw_at<GraphError>(where, "{}: \"{}\" is of another graph", optimizer, t.name());
    return graph;
  }

  SourceLocation where_;
  std::shared_ptr<GraphState> graph_;
  At at_;
  InRole role_;
  NameScope scope_;
  std::vector<Operand> also_;
};

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
  check_size("sgd", "learning_rate", learning_rate, where);
  check_decay("sgd", "momentum", momentum, where);
  const Update update("sgd", pairs, where);
  std::vector<Operand> steps;
  for (const auto& [gradient, W] : pairs) {
    const Tensor move = learning_rate * gradient;
    if (momentum == 0) {
      steps.emplace_back(assign(W, W - move));
      continue;
    }
    const Variable velocity = update.slot(W, "velocity");
    const Tensor next = momentum * velocity - move;
    steps.emplace_back(assign(velocity, next));
    steps.emplace_back(assign(W, nesterov ? W + momentum * next - move : W + next));
  }
  return update.run(steps);
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
  check_size("rmsprop", "learning_rate", learning_rate, where);
  check_decay("rmsprop", "rho", rho, where);
  check_decay("rmsprop", "momentum", momentum, where);
  check_size("rmsprop", "epsilon", epsilon, where);
  const Update update("rmsprop", pairs, where);
  std::vector<Operand> steps;
  const auto follow = [&](const Variable& mean, const Tensor& value) {
    const Tensor kept = rho * mean;
    Tensor next = kept + (1 - rho) * value;
    steps.emplace_back(assign(mean, next));
    return next;
  };
  for (const auto& [gradient, W] : pairs) {
    const Variable mean_square = update.slot(W, "mean_square");
    Tensor variance = follow(mean_square, square(gradient));
    if (centered) variance -= square(follow(update.slot(W, "mean_gradient"), gradient));
    const Tensor deviation = sqrt(variance + epsilon);
    Tensor move = learning_rate * gradient / deviation;
    if (momentum != 0) {
      const Variable velocity = update.slot(W, "velocity");
      move = momentum * velocity + move;
      steps.emplace_back(assign(velocity, move));
    }
    steps.emplace_back(assign(W, W - move));
  }
  return update.run(steps);
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
  check_size("adam", "learning_rate", learning_rate, where);
  check_decay("adam", "beta_1", beta_1, where);
  check_decay("adam", "beta_2", beta_2, where);
  check_size("adam", "epsilon", epsilon, where);
  const Update update("adam", pairs, where);
  // The powers of step t; float64, for they are multiplied in each step.
  const Variable power_1 = update.variable("beta_1_power", constant({}, beta_1, float64));
  const Variable power_2 = update.variable("beta_2_power", constant({}, beta_2, float64));
  const Tensor numerator = learning_rate * sqrt(1 - power_2);
  const Tensor rate = numerator / (1 - power_1);
  std::vector<Operand> steps{assign(power_1, beta_1 * power_1), assign(power_2, beta_2 * power_2)};
  for (const auto& [gradient, W] : pairs) {
    const Variable m = update.slot(W, "m"), v = update.slot(W, "v");
    const Tensor next_m = m + (1 - beta_1) * (gradient - m);
    const Tensor next_v = v + (1 - beta_2) * (square(gradient) - v);
    steps.emplace_back(assign(m, next_m));
    steps.emplace_back(assign(v, next_v));
    const Tensor step = cast(rate, W.dtype()) * next_m;
    steps.emplace_back(assign(W, W - step / (sqrt(next_v) + epsilon)));
  }
  return update.run(steps);
}

}  // namespace gradus
