#include <gradus/learning_rate.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/ops.h>

#include "core/throw_at.h"

namespace gradus {
namespace {

void check_finite(std::string_view schedule, std::string_view name, double value,
                  SourceLocation where) {
  if (!std::isfinite(value))
    throw_at<GraphError>(where, "{}: {} is {}, no finite number", schedule, name, value);
}
void check_steps(std::string_view schedule, std::string_view name, double steps,
                 SourceLocation where) {
  if (!(steps > 0) || !std::isfinite(steps))
    throw_at<GraphError>(where, "{}: {} must be above 0, got {}", schedule, name, steps);
}

}  // namespace

LearningRate exponential_decay(double initial, double decay_steps, double decay_rate,
                               const ExponentialDecayOptions& options, SourceLocation where) {
  check_finite("exponential_decay", "the initial rate", initial, where);
  check_steps("exponential_decay", "decay_steps", decay_steps, where);
  if (!(decay_rate > 0) || !std::isfinite(decay_rate))
    throw_at<GraphError>(where, "exponential_decay: decay_rate must be above 0, got {}",
                         decay_rate);
  return [=](const Tensor& step) {
    const Tensor times = step / decay_steps;
    const Tensor exponent = std::log(decay_rate) * (options.staircase ? floor(times) : times);
    return initial * exp(exponent);
  };
}

LearningRate cosine_decay(double initial, double decay_steps, const CosineDecayOptions& options,
                          SourceLocation where) {
  check_finite("cosine_decay", "the initial rate", initial, where);
  check_steps("cosine_decay", "decay_steps", decay_steps, where);
  check_finite("cosine_decay", "alpha", options.alpha, where);
  if (!(options.warmup_steps >= 0) || !std::isfinite(options.warmup_steps))
    throw_at<GraphError>(where, "cosine_decay: warmup_steps must be 0 or more, got {}",
                         options.warmup_steps);
  if (options.warmup_target)
    check_finite("cosine_decay", "warmup_target", *options.warmup_target, where);
  const double first = options.warmup_target ? initial : 0;
  const double highest = options.warmup_target.value_or(initial);
  return [=](const Tensor& step) {
    const Tensor t = minimum(maximum(step - options.warmup_steps, 0) / decay_steps, 1);
    const Tensor wave = 0.5 * (1 + cos(std::numbers::pi * t));
    Tensor decayed = highest * ((1 - options.alpha) * wave + options.alpha);
    if (options.warmup_steps == 0) return decayed;
    const Tensor grown = first + (highest - first) / options.warmup_steps * step;
    return gradus::where(step < options.warmup_steps, grown, decayed);
  };
}

LearningRate piecewise_constant_decay(const std::vector<double>& boundaries,
                                      const std::vector<double>& values, SourceLocation where) {
  if (values.size() != boundaries.size() + 1)
    throw_at<GraphError>(where, "piecewise_constant_decay: {} boundaries need {} values, got {}",
                         boundaries.size(), boundaries.size() + 1, values.size());
  for (const double b : boundaries)
    check_finite("piecewise_constant_decay", "a boundary", b, where);
  for (const double v : values) check_finite("piecewise_constant_decay", "a value", v, where);
  if (std::ranges::adjacent_find(boundaries, std::greater_equal()) != boundaries.end())
    throw_at<GraphError>(where, "piecewise_constant_decay: the boundaries do not ascend: [{}]",
                         fmt::join(boundaries, ", "));
  return [=](const Tensor& step) {
    Tensor rate = full_like(step, values.back());
    for (std::size_t i = boundaries.size(); i-- > 0;)
      rate = gradus::where(step <= boundaries[i], values[i], rate);
    return rate;
  };
}

}  // namespace gradus
