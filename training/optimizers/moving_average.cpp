#include <gradus/moving_average.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <gradus/at.h>
#include <gradus/initializers.h>
#include <gradus/op/records.h>
#include <gradus/ops.h>
#include <gradus/traversal.h>

#include "core/throw_at.h"
#include "graph/graph_state.h"

namespace gradus {
namespace {

void check_average(const Tensor& step, const std::vector<Variable>& variables, double decay,
                   SourceLocation where) {
  if (!step) throw_at<GraphError>(where, "moving_average: the step is an empty Tensor");
  if (!(decay >= 0 && decay < 1))
    throw_at<GraphError>(where, "moving_average: decay must be in [0, 1), got {}", decay);
  if (variables.empty()) throw_at<GraphError>(where, "moving_average: there are no variables");
  std::unordered_set<NodeId> seen;
  for (const Variable& W : variables) {
    if (!W) throw_at<GraphError>(where, "moving_average: a variable is empty");
    if (W.shared_state() != step.shared_state())
      throw_at<GraphError>(where, "moving_average: variable \"{}\" is of another graph", W.name());
    if (!is_float(W.dtype()))
      throw_at<DTypeError>(where, "moving_average: variable \"{}\" is {}, not float32 or float64",
                           W.name(), to_text(W.dtype()));
    if (!seen.insert(W.id()).second)
      throw_at<GraphError>(where, "moving_average: variable \"{}\" is there twice", W.name());
  }
}

}  // namespace

MovingAverage::MovingAverage(const Tensor& step, const std::vector<Variable>& variables,
                             const MovingAverageOptions& options, SourceLocation where)
    : variables_(variables) {
  check_average(step, variables, options.decay, where);
  GraphState& graph = step.state();
  // A run reads variables as they were before it: their new values are what the step assigns.
  std::unordered_map<NodeId, Tensor> assigned;
  for (const NodeId id : ancestors({step}))
    if (graph.node(id).op == &assign_op)
      assigned[graph.operands(id)[0]] = graph.tensor(graph.operands(id)[1]);
  for (const Variable& W : variables)
    if (!assigned.contains(W.id()))
      throw_at<GraphError>(where, "moving_average: \"{}\" does not assign variable \"{}\"",
                           step.name(), W.name());

  const At at(graph, where);
  const InRole role(graph, Role::update);
  const NameScope scope(step.shared_state(), "moving_average", where);
  const Graph g(step.shared_state());
  rate_ = g.variable("rate", ones({}, float64), false, where);
  std::vector<Operand> steps{step, assign(rate_, full_like(rate_, 1 - options.decay))};
  for (const Variable& W : variables) {
    const Variable average =
        g.variable(W.name() + "/average", zeros(W.shape(), W.dtype()), false, where);
    // In this form an average of equal values is that value, to the bit.
    const Tensor difference = assigned.at(W.id()) - average;
    const Tensor move = cast(rate_, W.dtype()) * difference;
    steps.emplace_back(assign(average, average + move));
    averages_.push_back(average);
  }
  step_ = group(steps);
}

const Variable& MovingAverage::average(const Variable& W, SourceLocation where) const {
  const auto found = std::ranges::find(variables_, W);
  if (found == variables_.end())
    throw_at<GraphError>(where, "moving_average: there is no average of {}",
                         W ? "variable \"" + W.name() + "\"" : "an empty Variable");
  return averages_[static_cast<std::size_t>(found - variables_.begin())];
}

void MovingAverage::swap(Session& session, SourceLocation where) const {
  if (session.value(rate_, where).item<double>() == 1) return;
  std::vector<VariableValue> values;
  for (std::size_t i = 0; i < variables_.size(); ++i) {
    values.push_back({variables_[i], session.value(averages_[i], where)});
    values.push_back({averages_[i], session.value(variables_[i], where)});
  }
  session.set(std::move(values), where);
}

}  // namespace gradus
