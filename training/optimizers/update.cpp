#include "update.h"

#include <cmath>

#include <fmt/format.h>

#include <gradus/initializers.h>
#include <gradus/ops.h>

#include "core/throw_at.h"
#include "moving_update.h"
#include "training/check_option.h"

namespace gradus {
namespace {

// The graph of the pairs.
std::shared_ptr<GraphState> checked(std::string_view name, const UpdateOptions& options,
                                    const std::vector<GradientAndVariable>& pairs,
                                    SourceLocation where) {
  if (options.learning_rate.is_number())
    check_size(name, "learning_rate", options.learning_rate.number(), where);
  check_size(name, "weight_decay", options.weight_decay, where);
  check_size(name, "clip_value", options.clip_value, where);
  check_size(name, "clip_norm", options.clip_norm, where);
  check_size(name, "global_clip_norm", options.global_clip_norm, where);
  if ((options.clip_value > 0) + (options.clip_norm > 0) + (options.global_clip_norm > 0) > 1)
    throw_at<GraphError>(where, "{}: of clip_value, clip_norm and global_clip_norm one is possible",
                         name);
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

// To a norm of `most`, if theirs is above.
Tensor scaled(const Tensor& gradient, const Tensor& norm, double most) {
  const Tensor factor = most / maximum(norm, most);
  return gradient * cast(factor, gradient.dtype());
}

}  // namespace

void check_size(std::string_view optimizer, std::string_view name, double value,
                SourceLocation where) {
  check_option(optimizer, name, value, std::isfinite(value) && value >= 0, "finite and 0 or more",
               where);
}
void check_decay(std::string_view optimizer, std::string_view name, double decay,
                 SourceLocation where) {
  check_option(optimizer, name, decay, decay >= 0 && decay < 1, "in [0, 1)", where);
}

Update::Update(std::string_view name, const UpdateOptions& options,
               const std::vector<GradientAndVariable>& pairs, SourceLocation where)
    : where_(where),
      graph_(checked(name, options, pairs, where)),
      at_(*graph_, where),
      role_(*graph_, Role::update),
      scope_(graph_, std::string(name), where),
      pairs_(pairs),
      weight_decay_(options.weight_decay),
      decayed_(options.decayed),
      rate_(rate(options.learning_rate)) {
  std::vector<Tensor> gradients;
  for (const GradientAndVariable& pair : pairs) gradients.push_back(pair.gradient);
  for (const Tensor& update : updates_along(gradients)) steps_.emplace_back(update);
  for (auto& [gradient, W] : pairs_) {
    if (options.clip_value > 0)
      gradient = minimum(maximum(gradient, -options.clip_value), options.clip_value);
    if (options.clip_norm > 0)
      gradient = scaled(gradient, sqrt(reduce_sum(square(gradient))), options.clip_norm);
  }
  if (options.global_clip_norm > 0) clip_together(options.global_clip_norm);
}

Operand Update::rate(DType dtype) const {
  return rate_.is_number() ? rate_ : Operand(cast(rate_, dtype), where_);
}

Tensor Update::decayed(const Variable& W) const {
  if (weight_decay_ == 0 || !(matches(W.name(), decayed_) || matches(W.local_name(), decayed_)))
    return W;
  const Tensor lost = weight_decay_ * W;
  return W - rate(W.dtype()) * lost;
}

Variable Update::slot(const Variable& W, const std::string& name) const {
  return variable(fmt::format("{}/{}", W.name(), name), zeros(W.shape(), W.dtype()));
}

void Update::assign(const Variable& variable, const Tensor& value) {
  steps_.emplace_back(gradus::assign(variable, value));
}
Tensor Update::step() const { return group(steps_); }

// A number, or a float64 scalar; it counts the steps of a schedule.
Operand Update::rate(const LearningRate& rate) {
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

void Update::clip_together(double most) {
  Tensor squares;
  for (const GradientAndVariable& pair : pairs_) {
    const Tensor its = cast(reduce_sum(square(pair.gradient)), float64);
    squares = squares ? squares + its : its;
  }
  const Tensor norm = sqrt(squares);
  for (GradientAndVariable& pair : pairs_) pair.gradient = scaled(pair.gradient, norm, most);
}

}  // namespace gradus
