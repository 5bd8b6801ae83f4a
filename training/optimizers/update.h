// What optimizers have in common: how gradients become the nodes of one step.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gradus/at.h>
#include <gradus/graph.h>
#include <gradus/initializer.h>
#include <gradus/learning_rate.h>
#include <gradus/optimizers.h>
#include <gradus/tensor.h>

#include "graph/graph_state.h"

namespace gradus {

// The options that every optimizer has: see <gradus/optimizers.h>.
struct UpdateOptions {
  LearningRate learning_rate;
  double weight_decay;
  std::string decayed;
  double clip_value, clip_norm, global_clip_norm;
};

// What these options ask for, in one apply_gradients call: scope, line, role, slots, learning rate,
// clipped gradients.
class Update {
 public:
  template <class Optimizer>
  Update(std::string_view name, const Optimizer& optimizer,
         const std::vector<GradientAndVariable>& pairs, SourceLocation where)
      : Update(name,
               UpdateOptions{optimizer.learning_rate, optimizer.weight_decay, optimizer.decayed,
                             optimizer.clip_value, optimizer.clip_norm, optimizer.global_clip_norm},
               pairs, where) {}
  Update(std::string_view name, const UpdateOptions& options,
         const std::vector<GradientAndVariable>& pairs, SourceLocation where);

  // The gradients, clipped, and their variables.
  const std::vector<GradientAndVariable>& pairs() const { return pairs_; }
  Operand rate(DType dtype) const;
  // W without what it loses by weight decay.
  Tensor decayed(const Variable& W) const;

  // A variable of the optimizer: "<optimizer>/<W's name>/<name>", zero at first.
  Variable slot(const Variable& W, const std::string& name) const;
  Variable variable(const std::string& name, const Initializer& initializer) const {
    return Graph(graph_).variable(name, initializer, false, where_);
  }

  void assign(const Variable& variable, const Tensor& value);
  // All assignments, and those of layers that the gradients are computed with.
  Tensor step() const;

 private:
  Operand rate(const LearningRate& rate);
  void clip_together(double most);

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

// GraphError for a hyperparameter that is not finite and 0 or more, or not in [0, 1).
void check_size(std::string_view optimizer, std::string_view name, double value,
                SourceLocation where);
void check_decay(std::string_view optimizer, std::string_view name, double decay,
                 SourceLocation where);

}  // namespace gradus
