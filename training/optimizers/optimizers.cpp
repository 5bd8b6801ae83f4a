#include <gradus/optimizers.h>

#include <algorithm>

#include <gradus/gradients.h>
#include <gradus/initializers.h>
#include <gradus/ops.h>
#include <gradus/traversal.h>

#include "core/throw_at.h"
#include "graph/graph_state.h"
#include "update.h"

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

// Adam's averages of gradients and of their squares, after this step.
struct Moments {
  Tensor m, v;
};
Moments moments(Update& update, const GradientAndVariable& pair, double beta_1, double beta_2) {
  const auto& [gradient, W] = pair;
  const Variable m = update.slot(W, "m"), v = update.slot(W, "v");
  const Tensor next_m = m + (1 - beta_1) * (gradient - m);
  const Tensor next_v = v + (1 - beta_2) * (square(gradient) - v);
  update.assign(m, next_m);
  update.assign(v, next_v);
  return {next_m, next_v};
}

// beta^t in step t; float64, for it is multiplied in each step.
Variable power_of(double beta, const Update& update, const std::string& name) {
  return update.variable(name, constant({}, beta, float64));
}

}  // namespace

std::vector<GradientAndVariable> compute_gradients(const Tensor& loss,
                                                   const std::vector<Variable>& variables,
                                                   SourceLocation where) {
  if (!loss) throw_at<GraphError>(where, "minimize: the loss is an empty Tensor");
  if (variables.empty()) throw_at<GraphError>(where, "minimize: the list of variables is empty");
  const std::vector<Tensor> d = gradients(loss, variables, {}, where);
  std::vector<GradientAndVariable> pairs;
  for (std::size_t i = 0; i < d.size(); ++i) pairs.push_back({d[i], variables[i]});
  return pairs;
}

std::vector<GradientAndVariable> compute_gradients(const Tensor& loss, SourceLocation where) {
  if (!loss) throw_at<GraphError>(where, "minimize: the loss is an empty Tensor");
  const std::vector<Variable> variables = variables_of(loss);
  if (variables.empty())
    throw_at<GraphError>(where, "minimize: \"{}\" depends on no trainable variable", loss.name());
  return compute_gradients(loss, variables, where);
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

Tensor Adam::apply_gradients(const std::vector<GradientAndVariable>& pairs,
                             SourceLocation where) const {
  check_decay("adam", "beta_1", beta_1, where);
  check_decay("adam", "beta_2", beta_2, where);
  check_size("adam", "epsilon", epsilon, where);
  Update update("adam", *this, pairs, where);
  const Variable power_1 = power_of(beta_1, update, "beta_1_power");
  const Variable power_2 = power_of(beta_2, update, "beta_2_power");
  const Tensor numerator = update.rate(float64) * sqrt(1 - power_2);
  const Tensor rate = numerator / (1 - power_1);
  update.assign(power_1, beta_1 * power_1);
  update.assign(power_2, beta_2 * power_2);
  for (const GradientAndVariable& pair : update.pairs()) {
    const Variable& W = pair.variable;
    const auto [m, v] = moments(update, pair, beta_1, beta_2);
    const Tensor step = cast(rate, W.dtype()) * m;
    const Tensor move = step / (sqrt(v) + epsilon);
    update.assign(W, update.decayed(W) - move);
  }
  return update.step();
}

Tensor Nadam::apply_gradients(const std::vector<GradientAndVariable>& pairs,
                              SourceLocation where) const {
  check_decay("nadam", "beta_1", beta_1, where);
  check_decay("nadam", "beta_2", beta_2, where);
  check_size("nadam", "epsilon", epsilon, where);
  Update update("nadam", *this, pairs, where);
  const Variable power_2 = power_of(beta_2, update, "beta_2_power");
  const Variable power_u = power_of(0.96, update, "momentum_decay_power");
  const Variable product = update.variable("momentum_product", ones({}, float64));
  const Tensor u = beta_1 * (1 - 0.5 * power_u);
  const Tensor next_u = beta_1 * (1 - 0.5 * 0.96 * power_u);
  const Tensor U = product * u;
  const Tensor next_product = U * next_u;
  update.assign(power_2, beta_2 * power_2);
  update.assign(power_u, 0.96 * power_u);
  update.assign(product, U);
  const Operand rate = update.rate(float64);
  const Tensor part_of_m = next_u / (1 - next_product), rate_of_m = rate * part_of_m;
  const Tensor rest = 1 - u, part_of_gradient = rest / (1 - U);
  const Tensor rate_of_gradient = rate * part_of_gradient;
  const Tensor correction = 1 - power_2;
  for (const GradientAndVariable& pair : update.pairs()) {
    const auto& [gradient, W] = pair;
    const auto [m, v] = moments(update, pair, beta_1, beta_2);
    const Tensor by_m = cast(rate_of_m, W.dtype()) * m;
    const Tensor step = by_m + cast(rate_of_gradient, W.dtype()) * gradient;
    const Tensor variance = v / cast(correction, W.dtype());
    const Tensor move = step / (sqrt(variance) + epsilon);
    update.assign(W, update.decayed(W) - move);
  }
  return update.step();
}

Tensor LAMB::apply_gradients(const std::vector<GradientAndVariable>& pairs,
                             SourceLocation where) const {
  check_decay("lamb", "beta_1", beta_1, where);
  check_decay("lamb", "beta_2", beta_2, where);
  check_size("lamb", "epsilon", epsilon, where);
  Update update("lamb", *this, pairs, where);
  const Variable power_1 = power_of(beta_1, update, "beta_1_power");
  const Variable power_2 = power_of(beta_2, update, "beta_2_power");
  update.assign(power_1, beta_1 * power_1);
  update.assign(power_2, beta_2 * power_2);
  const Tensor correction_1 = 1 - power_1, correction_2 = 1 - power_2;
  for (const GradientAndVariable& pair : update.pairs()) {
    const Variable& W = pair.variable;
    const auto [m, v] = moments(update, pair, beta_1, beta_2);
    const Tensor mean = m / cast(correction_1, W.dtype());
    const Tensor variance = v / cast(correction_2, W.dtype());
    const Tensor direction = mean / (sqrt(variance) + epsilon);
    const Tensor kept = update.decayed(W);
    const Tensor size = norm(kept), length = norm(direction);
    const Tensor has_size = size > 0, has_length = length > 0;
    const Tensor ratio = size / length;
    const Tensor trust = gradus::where(has_size & has_length, ratio, 1);
    const Tensor rate = update.rate(W.dtype()) * trust;
    update.assign(W, kept - rate * direction);
  }
  return update.step();
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
    const Tensor step = update.rate(W.dtype()) * gradient;
    const Tensor move = step / sqrt(next + epsilon);
    update.assign(W, update.decayed(W) - move);
  }
  return update.step();
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
    const Tensor move = update.rate(W.dtype()) * direction;
    update.assign(W, update.decayed(W) - move);
  }
  return update.step();
}

}  // namespace gradus
