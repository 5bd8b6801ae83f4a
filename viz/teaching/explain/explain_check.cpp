#include "explain_check.h"

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include <gradus/arithmetic.h>
#include <gradus/error.h>
#include <gradus/op/op.h>
#include <gradus/slopes.h>

#include "runtime/graph_copy.h"

namespace gradus {
namespace {

// The loss once more, as a function of the variables alone: what else it is computed from are
// constants.
struct Probe {
  GraphCopy copy;
  std::unordered_map<NodeId, Variable> moved = {};
};

Probe make_probe(const Explanation& explanation, std::optional<DType> real) {
  const GraphState& state = explanation.graph.state();
  Probe probe{GraphCopy(state, real)};
  GraphCopy& copy = probe.copy;
  std::unordered_map<NodeId, bool> is_asked;
  for (const ExplainedVariable& v : explanation.variables) is_asked[v.id] = true;
  for (const ForwardStep& step : explanation.forward) {
    const NodeId id = step.id;
    const bool is_fixed = step.is_source || state.node(id).op->is_random;
    if (is_fixed && is_asked.contains(id))
      copy.add_variable(id, step.value);
    else if (is_fixed)
      copy.add_constant(id, step.value);
    else
      copy.add(id, step.value.shape());
    if (!is_asked.contains(id)) continue;
    // A source is moved itself, another node by what is added to it.
    if (!is_fixed) {
      const Tensor computed = copy[id];
      copy.add_variable(id, Array::zeros(step.value.shape(), step.value.dtype()));
      probe.moved[id] = Variable(copy[id]);
      copy[id] = computed + copy[id];
    } else {
      probe.moved[id] = Variable(copy[id]);
    }
  }
  return probe;
}

double element(const Array& array, std::span<const std::int64_t> index) {
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < index.size(); ++axis)
    offset = offset * array.shape()[static_cast<std::int64_t>(axis)] + index[axis];
  const auto i = static_cast<std::size_t>(offset);
  return array.dtype() == float64 ? array.values<double>()[i]
                                  : static_cast<double>(array.values<float>()[i]);
}

}  // namespace

void check_by_differences(Explanation& explanation, std::int64_t elements, SourceLocation where) {
  if (elements == 0) return;
  Probe probe =
      in_float64([&](std::optional<DType> real) { return make_probe(explanation, real); });
  const Tensor& loss = probe.copy[explanation.loss.id()];
  Session session(probe.copy.graph(), {.threads = 1}, where);
  const bool is_coarse = loss.dtype() == float32 || explanation.loss.dtype() == float32;
  for (ExplainedVariable& v : explanation.variables) {
    v.check.tolerance = is_coarse ? 1e-3 : 1e-6;
    for (const Slope& slope : measure_slopes(session, loss, probe.moved.at(v.id), {},
                                             {.max_elements = elements}, where)) {
      const double symbolic = element(v.gradient, slope.index);
      GradientReport one{.tolerance = v.check.tolerance, .worst = {}};
      add(one, v.name, symbolic, slope);
      v.differences.push_back(one.worst);
      add(v.check, v.name, symbolic, slope);
    }
  }
}

}  // namespace gradus
