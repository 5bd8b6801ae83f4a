#include "explain_check.h"

#include <span>
#include <unordered_map>
#include <vector>

#include <gradus/arithmetic.h>
#include <gradus/error.h>
#include <gradus/op/op.h>
#include <gradus/slopes.h>

#include "graph/graph_state.h"

namespace gradus {
namespace {

DType converted(DType dtype, DType real) { return is_float(dtype) ? real : dtype; }

Attribute converted(const Attribute& attribute, DType real) {
  Attribute result = attribute;
  if (DType* dtype = std::get_if<DType>(&result.value)) *dtype = converted(*dtype, real);
  if (Array* array = std::get_if<Array>(&result.value))
    *array = array->cast(converted(array->dtype(), real));
  return result;
}

// The loss once more, as a function of the variables alone: what else it is computed from are
// constants, and its floats are of one type.
class Probe {
 public:
  Probe(const Explanation& explanation, DType real) : real_(real) {
    std::unordered_map<NodeId, bool> is_asked;
    for (const ExplainedVariable& v : explanation.variables) is_asked[v.id] = true;
    for (const ForwardStep& step : explanation.forward) {
      const bool is_fixed = step.is_source || explanation.graph.state().node(step.id).op->is_random;
      if (is_asked.contains(step.id))
        add_asked(explanation, step, is_fixed);
      else
        same_[step.id] =
            is_fixed ? graph_.constant(value_of(step)) : computed(explanation.graph.state(), step);
    }
  }

  const Graph& graph() const { return graph_; }
  const Tensor& loss(const Explanation& explanation) const {
    return same_.at(explanation.loss.id());
  }
  const Variable& moved(NodeId id) const { return moved_.at(id); }

 private:
  Array value_of(const ForwardStep& step) const {
    return step.value.cast(converted(step.value.dtype(), real_));
  }

  Tensor computed(const GraphState& from, const ForwardStep& step) {
    std::vector<NodeId> operands;
    std::vector<DType> dtypes;
    for (NodeId operand : step.operands) {
      operands.push_back(same_.at(operand).id());
      dtypes.push_back(same_.at(operand).dtype());
    }
    std::vector<Attribute> attributes;
    for (const Attribute& a : from.attributes(step.id)) attributes.push_back(converted(a, real_));
    const Op& op = *from.node(step.id).op;
    const DType dtype = op.dtype(Call(op, attributes), dtypes);  // refuses what the op cannot
    GraphState& to = graph_.state();
    return to.tensor(
        to.append(op, operands, attributes, step.value.shape(), dtype, from.where(step.id)));
  }

  // A source is moved itself, another node by what is added to it.
  void add_asked(const Explanation& explanation, const ForwardStep& step, bool is_fixed) {
    const std::string name = "x" + std::to_string(index(step.id));
    const Array value = value_of(step);
    const Variable x =
        graph_.variable(name, is_fixed ? value : Array(value.shape(), value.dtype()));
    moved_[step.id] = x;
    same_[step.id] = is_fixed ? Tensor(x) : computed(explanation.graph.state(), step) + x;
  }

  DType real_;
  Graph graph_;
  std::unordered_map<NodeId, Tensor> same_;
  std::unordered_map<NodeId, Variable> moved_;
};

// In float64, if all ops of the graph know it.
Probe make_probe(const Explanation& explanation) {
  try {
    return Probe(explanation, float64);
  } catch (const RuleFailure&) {
    return Probe(explanation, explanation.loss.dtype());
  }
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
  const Probe probe = make_probe(explanation);
  const Tensor& loss = probe.loss(explanation);
  Session session(probe.graph(), {.threads = 1}, where);
  const bool is_coarse = loss.dtype() == float32 || explanation.loss.dtype() == float32;
  for (ExplainedVariable& v : explanation.variables) {
    v.check.tolerance = is_coarse ? 1e-3 : 1e-6;
    for (const Slope& slope :
         measure_slopes(session, loss, probe.moved(v.id), {}, {.max_elements = elements}, where)) {
      const double symbolic = element(v.gradient, slope.index);
      GradientReport one{.tolerance = v.check.tolerance, .worst = {}};
      add(one, v.name, symbolic, slope);
      v.differences.push_back(one.worst);
      add(v.check, v.name, symbolic, slope);
    }
  }
}

}  // namespace gradus
