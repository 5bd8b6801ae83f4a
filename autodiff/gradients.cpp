#include <gradus/gradients.h>

#include <algorithm>
#include <span>
#include <unordered_map>
#include <vector>

#include <gradus/arithmetic.h>
#include <gradus/at.h>
#include <gradus/op/op.h>
#include <gradus/shapes.h>

#include "core/throw_at.h"
#include "graph/graph_state.h"
#include "graph/node_flags.h"
#include "paths.h"

namespace gradus {
namespace {

// Whether two shapes can turn out equal in a run.
bool fit(const Shape& a, const Shape& b) {
  return std::ranges::equal(a, b, [](std::int64_t m, std::int64_t n) {
    return m == n || m == any_size || n == any_size;
  });
}

void check(const std::vector<Tensor>& ys, const std::vector<Tensor>& xs,
           const std::vector<Tensor>& grad_ys, SourceLocation where) {
  if (ys.empty()) throw_at<GraphError>(where, "gradients: there is nothing to differentiate");
  const auto check_graph = [&](const Tensor& t, std::string_view role) {
    if (!t) throw_at<GraphError>(where, "gradients: {} is an empty Tensor", role);
    if (t.shared_state() != ys[0].shared_state())
      throw_at<GraphError>(where, "gradients: {} \"{}\" is of another graph", role, t.name());
  };
  const auto check_float = [&](const Tensor& t, std::string_view role) {
    check_graph(t, role);
    if (!is_float(t.dtype()))
      throw_at<DTypeError>(where, "gradients: {} \"{}\" is {}, not float32 or float64", role,
                           t.name(), to_text(t.dtype()));
  };
  for (const Tensor& y : ys) check_float(y, "y");
  for (const Tensor& x : xs) check_float(x, "x");
  if (!grad_ys.empty() && grad_ys.size() != ys.size())
    throw_at<GraphError>(where, "gradients: {} upstream gradients for {} ys", grad_ys.size(),
                         ys.size());
  for (std::size_t i = 0; i < ys.size(); ++i) {
    const Tensor& y = ys[i];
    if (grad_ys.empty()) {
      if (y.rank() != 0)
        throw_at<GraphError>(
            where,
            "gradients: \"{}\" has shape {}: only a scalar needs no upstream gradient (grad_ys)",
            y.name(), to_text(y.shape()));
      continue;
    }
    const Tensor& dy = grad_ys[i];
    check_graph(dy, "upstream gradient");
    if (!fit(dy.shape(), y.shape()))
      throw_at<ShapeError>(where, "gradients: the upstream gradient of \"{}\" has shape {}, not {}",
                           y.name(), to_text(dy.shape()), to_text(y.shape()));
    if (dy.dtype() != y.dtype())
      throw_at<DTypeError>(where, "gradients: the upstream gradient of \"{}\" is {}, not {}",
                           y.name(), to_text(dy.dtype()), to_text(y.dtype()));
  }
}

// What a rule makes must be able to be the gradient of its operand.
void check_part(const Tensor& part, const Tensor& operand, const Tensor& y, SourceLocation where) {
  if (!part)
    throw_at<GraphError>(where, "gradients: the rule of op \"{}\" made no tensor", y.op_name());
  if (part.shared_state() != y.shared_state())
    throw_at<GraphError>(where, "gradients: the rule of op \"{}\" made a tensor of another graph",
                         y.op_name());
  const GraphState& graph = y.state();
  const NodeKind &made = graph.kind(part.id()), &wanted = graph.kind(operand.id());
  if (made.dtype != wanted.dtype ||
      (made.shape != wanted.shape && !fit(part.shape(), operand.shape())))
    throw_at<GraphError>(where,
                         "gradients: the rule of op \"{}\" made {} {} for \"{}\", which is {} {}",
                         y.op_name(), to_text(part.dtype()), to_text(part.shape()), operand.name(),
                         to_text(operand.dtype()), to_text(operand.shape()));
}

// Walks from ys to xs: each node sums what it receives and hands its gradient down to its operands.
class BackwardPass {
 public:
  // `trace` may be null.
  BackwardPass(std::shared_ptr<GraphState> graph, NodeFlags wanted,
               std::vector<Contribution>* trace, SourceLocation where)
      : graph_(std::move(graph)),
        wanted_(std::move(wanted)),
        sums_(wanted_.size(), no_node),
        trace_(trace),
        where_(where) {}

  void seed(const Tensor& y, const Tensor& dy) { receive(y.id(), dy, no_node, 0); }

  // Readers have larger numbers: when the walk comes to a node, its sum is complete.
  void walk() {
    for (std::size_t i = sums_.size(); i-- > 0;)
      if (sums_[i] != no_node && wanted_[i]) hand_down(NodeId{static_cast<std::int32_t>(i)});
  }

  // The gradient of a node; an empty Tensor if it received nothing.
  Tensor gradient(NodeId id) const {
    const bool has_sum = index(id) < sums_.size() && sums_[index(id)] != no_node;
    return has_sum ? tensor(sums_[index(id)]) : Tensor();
  }

 private:
  Tensor tensor(NodeId id) const { return Tensor(graph_, id); }

  // New nodes differentiate this one, and belong to its line.
  void belong_to(NodeId id) {
    graph_->context.where = graph_->node(id).where;
    graph_->context.origin = id;
  }

  // Adds a part of the gradient of node `to`, made by the rule of `from` for its operand number k.
  void receive(NodeId to, const Tensor& part, NodeId from, std::size_t k) {
    NodeId& sum = sums_[index(to)];
    if (sum == no_node) {
      sum = part.id();
    } else {
      if (from == no_node)
        graph_->context.origin = to;  // what the caller brought stays of the caller's line
      else
        belong_to(to);
      sum = add(tensor(sum), part).id();
    }
    if (trace_ != nullptr)
      trace_->push_back({.from = from == no_node ? Tensor() : tensor(from),
                         .operand = k,
                         .to = tensor(to),
                         .part = part,
                         .sum = tensor(sum),
                         .number = 0,
                         .count = 0});
  }

  void hand_down(NodeId id) {
    // A copy: rules append, and appending moves the arrays.
    const NodeKind node = graph_->kind(id);
    const Tensor y = tensor(id);
    values_.assign(1, tensor(sums_[index(id)]));
    for (NodeId operand : graph_->operands(id)) values_.push_back(tensor(operand));

    const std::span<const Attribute> attributes = graph_->attributes(id);
    for (std::size_t k = 0; k < node.operand_count; ++k) {
      const Tensor& operand = values_[k + 1];
      if (!wanted_[index(operand.id())] || !flows(*graph_, *node.op, k, operand.id())) continue;
      belong_to(id);
      const Tensor part = node.op->gradient_of(k)(Call(*node.op, attributes, &y, k), values_);
      check_part(part, operand, y, where_);
      receive(operand.id(), part, id, k);
    }
  }

  std::shared_ptr<GraphState> graph_;
  NodeFlags wanted_;
  // Of what each node has received so far; no_node for nothing.
  std::vector<NodeId> sums_;
  std::vector<Tensor> values_;  // of the node that hands down: its dy, and its operands
  std::vector<Contribution>* trace_;
  SourceLocation where_;
};

// Fills in "number of count".
void number_contributions(std::vector<Contribution>& contributions) {
  std::unordered_map<NodeId, std::int64_t> received;
  for (Contribution& c : contributions) c.number = ++received[c.to.id()];
  for (Contribution& c : contributions) c.count = received[c.to.id()];
}

std::vector<Tensor> differentiate(const std::vector<Tensor>& ys, const std::vector<Tensor>& xs,
                                  const GradientOptions& options, SourceLocation where,
                                  std::vector<Contribution>* trace) {
  check(ys, xs, options.grad_ys, where);
  const std::shared_ptr<GraphState> graph = ys[0].shared_state();
  const NodeId last = std::ranges::max_element(ys, {}, &Tensor::id)->id();
  NodeFlags wanted = reached_from(xs, *graph, last);
  // All is checked before a node is added.
  check_paths(ys, xs, *graph, wanted, options.unconnected, where);

  const InRole role(*graph, Role::gradient);
  const NameScope scope(graph, "gradients", where);
  const At at(*graph, where);
  const GraphState::Context outside = graph->context;
  BackwardPass pass(graph, std::move(wanted), trace, where);
  for (std::size_t i = 0; i < ys.size(); ++i)
    pass.seed(ys[i], options.grad_ys.empty()
                         ? Tensor(graph, graph->literal(1, ys[i].dtype(), where))
                         : options.grad_ys[i]);
  pass.walk();

  graph->context = outside;
  std::vector<Tensor> results;
  for (const Tensor& x : xs) {
    const Tensor dx = pass.gradient(x.id());
    results.push_back(dx ? dx : zeros_like({x, where}));
  }
  return results;
}

}  // namespace

std::vector<Tensor> gradients(const TensorList& ys, const TensorList& xs,
                              const GradientOptions& options, SourceLocation where) {
  return differentiate(ys, xs, options, where, nullptr);
}

std::vector<Tensor> gradients(const Tensor& y, const TensorList& xs, const GradientOptions& options,
                              SourceLocation where) {
  return differentiate({y}, xs, options, where, nullptr);
}

Tensor gradient(const Tensor& y, const Tensor& x, const GradientOptions& options,
                SourceLocation where) {
  return differentiate({y}, {x}, options, where, nullptr)[0];
}

GradientTrace trace_gradients(const TensorList& ys, const TensorList& xs,
                              const GradientOptions& options, SourceLocation where) {
  GradientTrace trace;
  trace.gradients = differentiate(ys, xs, options, where, &trace.contributions);
  number_contributions(trace.contributions);
  return trace;
}

}  // namespace gradus
