#include <gradus/explain.h>

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/gradients.h>
#include <gradus/op/op.h>
#include <gradus/op/records.h>
#include <gradus/run_values.h>
#include <gradus/traversal.h>

#include "explain_check.h"
#include "explain_formulas.h"
#include "explain_parts.h"
#include "graph/graph_state.h"

namespace gradus {
namespace {

[[noreturn]] void refuse(std::string text, SourceLocation where) {
  throw GraphError(at_line("explain: " + std::move(text), where));
}

void check(const Tensor& loss, const std::vector<Tensor>& variables, const ExplainOptions& options,
           SourceLocation where) {
  if (!loss) refuse("the loss is an empty Tensor", where);
  if (variables.empty()) refuse("there are no variables", where);
  for (const Tensor& v : variables) {
    if (!v) refuse("a variable is an empty Tensor", where);
    if (v.shared_state() != loss.shared_state())
      refuse(fmt::format("variable \"{}\" is of another graph than the loss \"{}\"", v.name(),
                         loss.name()),
             where);
  }
  if (loss.rank() != 0)
    refuse(fmt::format("the loss \"{}\" has shape {}, a scalar is needed", loss.name(),
                       to_text(loss.shape())),
           where);
  for (NodeId id : ancestors({loss}))
    if (loss.state().node(id).op == &assign_op)
      refuse(fmt::format("the loss \"{}\" assigns the variable \"{}\"", loss.name(),
                         loss.state().name(loss.state().operands(id)[0])),
             where);
  if (options.checked_elements < 0)
    refuse(fmt::format("checked_elements is {}", options.checked_elements), where);
}

Graph copy_of(const Tensor& loss) {
  auto state = std::make_shared<GraphState>(loss.state());
  state->context = {};
  state->names().set_current_scope(Names::root);
  return Graph(std::move(state));
}

// A session of the copy, with the values that the variables have in the user's.
Session session_of(Session& session, const Tensor& loss, const Graph& copy, SourceLocation where) {
  Session result(copy, session.options(), where);
  for (NodeId id : ancestors({loss}))
    if (copy.state().variable(id) != nullptr)
      result.set(Variable(copy.state().tensor(id)),
                 session.value(Variable(loss.state().tensor(id)), where), where);
  return result;
}

std::vector<Feed> feeds_of(const std::vector<Feed>& feeds, const Tensor& loss, const Graph& copy,
                           SourceLocation where) {
  std::vector<Feed> result;
  for (const Feed& feed : feeds) {
    const Tensor& p = feed.placeholder();
    if (!p) refuse("a feed is for an empty Tensor", where);
    if (p.shared_state() != loss.shared_state())
      refuse(fmt::format("feed \"{}\" is of another graph than the loss \"{}\"", p.name(),
                         loss.name()),
             where);
    result.emplace_back(copy.state().tensor(p.id()), feed.value());
  }
  return result;
}

// The values of all nodes that are shown, of one run.
RunValues traced_values(Session& session, const Tensor& loss, const GradientTrace& trace,
                        const std::vector<Feed>& feeds, SourceLocation where) {
  std::vector<Tensor> fetches;
  for (NodeId id : ancestors({loss})) fetches.push_back(loss.state().tensor(id));
  for (const Contribution& c : trace.contributions) {
    fetches.push_back(c.part);
    if (c.sum.id() != c.part.id()) fetches.push_back(c.sum);
  }
  const std::vector<Array> arrays = session.run(fetches, feeds, where);
  RunValues values;
  for (std::size_t i = 0; i < fetches.size(); ++i) values.set_value(fetches[i], arrays[i]);
  return values;
}

ForwardStep forward_step(const GraphState& graph, NodeId id, const Array& value) {
  ForwardStep step;
  const Op* op = graph.node(id).op;
  step.id = id;
  step.name = graph.name(id);
  step.op = op->name;
  step.is_source = op == &placeholder_op || op == &variable_op || op == &constant_op;
  step.is_number = graph.literal(id) != nullptr;
  step.operands = {graph.operands(id).begin(), graph.operands(id).end()};
  step.value = value;
  return step;
}

// The nodes that the rule of `from` appended for this part, ascending.
std::vector<NodeId> made_by(const GraphState& graph, NodeId from, NodeId part,
                            NodeId first_gradient, NodeId dy) {
  std::vector<NodeId> made{part};
  const auto is_made = [&](NodeId id) {
    return id >= first_gradient && id != dy && graph.node(id).origin == from;
  };
  if (!is_made(part)) return {};
  for (std::size_t i = 0; i < made.size(); ++i)
    for (NodeId operand : graph.operands(made[i]))
      if (is_made(operand) && std::ranges::find(made, operand) == made.end())
        made.push_back(operand);
  std::ranges::sort(made);
  return made;
}

class Builder {
 public:
  Builder(Explanation& explanation, const GradientTrace& trace, const RunValues& values,
          NodeId first_gradient)
      : explanation_(explanation),
        graph_(explanation.graph.state()),
        trace_(trace),
        values_(values),
        first_gradient_(first_gradient) {}

  void add_forward() {
    for (NodeId id : ancestors({explanation_.loss})) {
      step_of_[id] = explanation_.forward.size();
      explanation_.forward.push_back(forward_step(graph_, id, *values_.value(id)));
    }
    for (const Contribution& c : trace_.contributions) {
      ForwardStep& target = explanation_.forward[step_of_.at(c.to.id())];
      target.contributions = c.count;
      target.gradient_node = c.sum.id();
      target.gradient = *values_.value(c.sum.id());
    }
  }

  void add_backward() {
    for (const Contribution& c : trace_.contributions) {
      if (!c.from) continue;
      if (explanation_.backward.empty() || explanation_.backward.back().id != c.from.id())
        add_step(c.from.id());
      add(c, explanation_.backward.back());
    }
  }

  void add_variable(NodeId id) {
    const ForwardStep& step = explanation_.forward[step_of_.at(id)];
    ExplainedVariable v;
    v.id = id;
    v.name = step.name;
    v.value = step.value;
    v.gradient = step.gradient;
    for (std::size_t s = 0; s < explanation_.backward.size(); ++s) {
      const BackwardStep& from = explanation_.backward[s];
      for (std::size_t c = 0; c < from.contributions.size(); ++c)
        if (from.contributions[c].target == id) v.contributions.push_back({s, c, label(from.id)});
    }
    make_different(v.contributions);
    explanation_.variables.push_back(std::move(v));
  }

 private:
  void add_step(NodeId id) {
    const ForwardStep& forward = explanation_.forward[step_of_.at(id)];
    BackwardStep step;
    step.id = id;
    step.name = forward.name;
    step.op = forward.op;
    step.received = forward.contributions;
    step.gradient_node = forward.gradient_node;
    step.gradient = forward.gradient;
    explanation_.backward.push_back(std::move(step));
  }

  void add(const Contribution& from, BackwardStep& step) {
    ExplainedContribution c;
    c.target = from.to.id();
    c.operand = from.operand;
    c.number = from.number;
    c.count = from.count;
    const Op& op = *graph_.node(step.id).op;
    const std::string_view rule = op.gradient_text[op.operands.empty() ? 0 : from.operand];
    const std::size_t end = std::min(rule.find("; "), rule.size());
    c.rule = rule.substr(0, end);
    c.remark = rule.substr(std::min(end + 2, rule.size()));
    c.node = from.part.id();
    c.nodes = made_by(graph_, step.id, c.node, first_gradient_, step.gradient_node);
    c.value = *values_.value(c.node);
    c.sum_node = from.sum.id();
    c.sum = *values_.value(c.sum_node);
    step.contributions.push_back(std::move(c));
  }

  std::string label(NodeId id) const {
    const std::string path = graph_.names().scope_path(graph_.node(id).scope);
    if (path.empty()) return std::string(graph_.node(id).op->name);
    return path.substr(path.rfind('/') + 1);
  }

  void make_different(std::vector<ContributionPlace>& places) const {
    std::unordered_map<std::string, int> uses;
    for (const ContributionPlace& p : places) ++uses[p.label];
    for (ContributionPlace& p : places)
      if (uses[p.label] > 1) p.label = explanation_.backward[p.step].name;
  }

  Explanation& explanation_;
  const GraphState& graph_;
  const GradientTrace& trace_;
  const RunValues& values_;
  NodeId first_gradient_;
  std::unordered_map<NodeId, std::size_t> step_of_;
};

}  // namespace

const ForwardStep* Explanation::find(NodeId id) const {
  const auto found = std::ranges::lower_bound(forward, id, {}, &ForwardStep::id);
  return found == forward.end() || found->id != id ? nullptr : &*found;
}

Explanation explain(Session& session, const Tensor& loss, const TensorList& variables,
                    const std::vector<Feed>& feeds, const ExplainOptions& options,
                    SourceLocation where) {
  check(loss, variables, options, where);
  Explanation explanation{copy_of(loss), {}, {}, {}, {}, options.variables_only};
  GraphState& copy = explanation.graph.state();
  explanation.loss = copy.tensor(loss.id());
  std::vector<Tensor> xs;
  for (const Tensor& v : variables) xs.push_back(copy.tensor(v.id()));

  const NodeId first_gradient{static_cast<std::int32_t>(copy.node_count())};
  // A node of its own: the 1 that stands in formulas is another one.
  const Tensor dloss = explanation.graph.constant(Array::full({}, 1, loss.dtype()), where);
  const GradientTrace trace = trace_gradients({explanation.loss}, xs, {.grad_ys = {dloss}}, where);

  Session of_copy = session_of(session, loss, explanation.graph, where);
  const RunValues values = traced_values(of_copy, explanation.loss, trace,
                                         feeds_of(feeds, loss, explanation.graph, where), where);

  Builder builder(explanation, trace, values, first_gradient);
  builder.add_forward();
  builder.add_backward();
  for (const Tensor& x : xs) builder.add_variable(x.id());
  find_parts(explanation);
  write_formulas(explanation, first_gradient);
  check_by_differences(explanation, options.checked_elements, where);
  return explanation;
}

}  // namespace gradus
