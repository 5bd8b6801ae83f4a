// LearningRate: how far an optimizer goes, a number or something that changes from step to step.
//
//   Adam{.learning_rate = 1e-3}
//   Adam{.learning_rate = cosine_decay(1e-3, 10'000, {.warmup_steps = 500})}
//   SGD{.learning_rate = [](const Tensor& step) { return 0.1 / (1 + step); }}
#pragma once

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <gradus/tensor.h>

namespace gradus {

class LearningRate {
 public:
  // Gives the rate of a step, whose number, from 0 on, is a float64 scalar.
  using Schedule = std::function<Tensor(const Tensor& step)>;

  LearningRate(double rate) : rate_(rate) {}
  // A float scalar that is computed, fed, or set: session.set(rate, Array(1e-4)).
  LearningRate(Tensor rate) : tensor_(std::move(rate)) {}
  template <class F>
  requires std::is_invocable_r_v<Tensor, const F&, const Tensor&> LearningRate(F schedule)
      : schedule_(std::move(schedule)) {}

  bool is_number() const { return !tensor_ && !schedule_; }
  double number() const { return rate_; }
  // An empty Tensor, an empty function, if it is none.
  const Tensor& tensor() const { return tensor_; }
  const Schedule& schedule() const { return schedule_; }

 private:
  double rate_ = 0;
  Tensor tensor_;
  Schedule schedule_;
};

// Keras's schedules, with its names. GraphError unless all numbers are finite, and numbers of steps
// above 0.

struct ExponentialDecayOptions {
  bool staircase = false;  // constant for decay_steps each
};
// initial decay_rate^(step / decay_steps).
LearningRate exponential_decay(double initial, double decay_steps, double decay_rate,
                               const ExponentialDecayOptions& options = {},
                               SourceLocation where = SourceLocation::current());

struct CosineDecayOptions {
  double alpha = 0;         // the part of the rate that is left at the end
  double warmup_steps = 0;  // first the rate grows so long, in a line, to warmup_target
  std::optional<double> warmup_target = {};  // from `initial`; without it, from 0 to `initial`
};
// After the warm-up, for the part t of decay_steps that has passed, at most 1:
// rate ((1 - alpha) (1 + cos(pi t)) / 2 + alpha) (Loshchilov and Hutter, "SGDR", 2017).
LearningRate cosine_decay(double initial, double decay_steps,
                          const CosineDecayOptions& options = {},
                          SourceLocation where = SourceLocation::current());

// values[i] up to step boundaries[i], included, and the last value after them all. GraphError
// unless the boundaries ascend, and there is one value more.
LearningRate piecewise_constant_decay(const std::vector<double>& boundaries,
                                      const std::vector<double>& values,
                                      SourceLocation where = SourceLocation::current());

}  // namespace gradus
