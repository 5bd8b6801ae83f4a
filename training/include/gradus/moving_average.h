// MovingAverage: weights averaged over the steps of a training, which often do better than the last
// ones (Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992).
//
//   const MovingAverage average(step, model.trainable_variables(), {.decay = 0.999});
//   session.run(average.step(), {{x, images}});   // the step, and the averages after it
//   average.swap(session);                        // evaluate with the averages, save them
//   average.swap(session);                        // and go on
#pragma once

#include <vector>

#include <gradus/session.h>
#include <gradus/tensor.h>

namespace gradus {

struct MovingAverageOptions {
  double decay = 0.999;
};

// average <- decay average + (1 - decay) W with the value that W has after each step. After the
// first step that is W itself, as in Keras and PyTorch, whatever W was before: set, or loaded.
//
// An average is a variable "moving_average/<W's name>/average", 0 before the first step:
// checkpoints keep it, and a training that is resumed has the same averages, bit for bit.
class MovingAverage {
 public:
  // Appends the averages to the graph of `step`, the node that minimize() gives. GraphError for a
  // decay that is not in [0, 1), no variables, one twice, one that the step does not assign, or of
  // another graph; DTypeError for one that is no float.
  MovingAverage(const Tensor& step, const std::vector<Variable>& variables,
                const MovingAverageOptions& options = {},
                SourceLocation where = SourceLocation::current());

  // The step and its averages, in one run.
  const Tensor& step() const { return step_; }
  // The average of W; GraphError if there is none.
  const Variable& average(const Variable& W,
                          SourceLocation where = SourceLocation::current()) const;
  // The session's variables get their averages as values, and the other way round. Before the first
  // step nothing changes.
  void swap(Session& session, SourceLocation where = SourceLocation::current()) const;

 private:
  std::vector<Variable> variables_, averages_;
  Variable rate_;  // 1 in the first step, then 1 - decay
  Tensor step_;
};

}  // namespace gradus
