#include <gradus/gradients.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <gradus/arithmetic.h>
#include <gradus/error.h>
#include <gradus/graph_state.h>
#include <gradus/op.h>
#include <gradus/shapes.h>

namespace gradus {
namespace {

[[noreturn]] void refuse(std::string text, SourceLocation where) {
  throw GraphError(at_line("gradients: " + std::move(text), where));
}

// Whether two shapes can turn out equal in a run.
bool fit(const Shape& a, const Shape& b) {
  return std::ranges::equal(
      a, b, [](std::int64_t m, std::int64_t n) { return m == n || m == any || n == any; });
}

void check(const std::vector<Tensor>& ys, const std::vector<Tensor>& xs,
           const std::vector<Tensor>& grad_ys, SourceLocation where) {
  if (ys.empty()) refuse("there is nothing to differentiate", where);
  const auto check_graph = [&](const Tensor& t, std::string_view role) {
    if (!t) refuse(fmt::format("{} is an empty Tensor", role), where);
    if (t.shared_state() != ys[0].shared_state())
      refuse(fmt::format("{} \"{}\" is of another graph", role, t.name()), where);
  };
  const auto check_float = [&](const Tensor& t, std::string_view role) {
    check_graph(t, role);
    if (!is_float(t.dtype()))
      throw DTypeError(at_line(fmt::format("gradients: {} \"{}\" is {}, not float32 or float64",
                                           role, t.name(), to_text(t.dtype())),
                               where));
  };
  for (const Tensor& y : ys) check_float(y, "y");
  for (const Tensor& x : xs) check_float(x, "x");
  if (!grad_ys.empty() && grad_ys.size() != ys.size())
    refuse(fmt::format("{} upstream gradients for {} ys", grad_ys.size(), ys.size()), where);
  for (std::size_t i = 0; i < ys.size(); ++i) {
    const Tensor& y = ys[i];
    if (grad_ys.empty()) {
      if (y.rank() != 0)
        refuse(fmt::format("\"{}\" has shape {}: only a scalar needs no upstream gradient "
                           "(grad_ys)",
                           y.name(), to_text(y.shape())),
               where);
      continue;
    }
    const Tensor& dy = grad_ys[i];
    check_graph(dy, "upstream gradient");
    if (!fit(dy.shape(), y.shape()))
      throw ShapeError(at_line(fmt::format("gradients: the upstream gradient of \"{}\" has shape "
                                           "{}, not {}",
                                           y.name(), to_text(dy.shape()), to_text(y.shape())),
                               where));
    if (dy.dtype() != y.dtype())
      throw DTypeError(at_line(fmt::format("gradients: the upstream gradient of \"{}\" is {}, not "
                                           "{}",
                                           y.name(), to_text(dy.dtype()), to_text(y.dtype())),
                               where));
  }
}

// Whether a gradient flows from a node to its operand number k.
bool flows(const GraphState& graph, const Node& node, std::size_t k, NodeId operand) {
  return is_float(graph.node(operand).dtype) &&
         (node.op->gradient.empty() || bool(node.op->gradient_of(k)));
}

// Which nodes up to `last` are computed from one of xs, along paths on which gradients flow.
std::vector<bool> reached_from(const std::vector<Tensor>& xs, const GraphState& graph,
                               NodeId last) {
  std::vector<bool> reached(index(last) + 1);
  for (const Tensor& x : xs)
    if (x.id() <= last) reached[index(x.id())] = true;
  for (std::int32_t i = 0; i <= static_cast<std::int32_t>(last); ++i) {
    const NodeId id{i};
    if (reached[index(id)] || !is_float(graph.node(id).dtype)) continue;
    const auto operands = graph.operands(id);
    for (std::size_t k = 0; k < operands.size(); ++k)
      if (reached[index(operands[k])] && flows(graph, graph.node(id), k, operands[k]))
        reached[index(id)] = true;
  }
  return reached;
}

// Refuses, before a node is added, xs that no gradient of ys comes to and ops without gradient
// rule.
void check_paths(const std::vector<Tensor>& ys, const std::vector<Tensor>& xs,
                 const GraphState& graph, const std::vector<bool>& wanted, Unconnected unconnected,
                 SourceLocation where) {
  std::vector<bool> comes(wanted.size());
  for (const Tensor& y : ys) comes[index(y.id())] = true;
  for (std::size_t i = wanted.size(); i-- > 0;) {
    if (!comes[i] || !wanted[i]) continue;
    const NodeId id{static_cast<std::int32_t>(i)};
    const Node& node = graph.node(id);
    const auto operands = graph.operands(id);
    for (std::size_t k = 0; k < operands.size(); ++k) {
      if (!wanted[index(operands[k])] || !flows(graph, node, k, operands[k])) continue;
      if (node.op->gradient.empty())
        refuse(fmt::format("op \"{}\" of node \"{}\" has no gradient rule", node.op->name,
                           graph.name(id)),
               where);
      comes[index(operands[k])] = true;
    }
  }
  for (const Tensor& x : xs)
    if (unconnected == Unconnected::error &&
        (index(x.id()) >= comes.size() || !comes[index(x.id())]))
      refuse(fmt::format("no path leads from x \"{}\" to y \"{}\"", x.name(), ys[0].name()), where);
}

// The sum of the contributions that a node has received so far; no_node for none.
class Sums {
 public:
  Sums(std::shared_ptr<GraphState> graph, NodeId last)
      : graph_(std::move(graph)), sums_(index(last) + 1, no_node) {}

  bool has(NodeId id) const { return index(id) < sums_.size() && sums_[index(id)] != no_node; }
  Tensor of(NodeId id) const { return Tensor(graph_, sums_[index(id)]); }
  void add(NodeId id, const Tensor& part) {
    NodeId& sum = sums_[index(id)];
    sum = sum == no_node ? part.id() : gradus::add(Tensor(graph_, sum), part).id();
  }

 private:
  std::shared_ptr<GraphState> graph_;
  std::vector<NodeId> sums_;
};

// What a rule makes must be able to be the gradient of its operand.
void check_part(const Tensor& part, const Tensor& operand, const Tensor& y, SourceLocation where) {
  if (!part) refuse(fmt::format("the rule of op \"{}\" made no tensor", y.op_name()), where);
  if (part.dtype() != operand.dtype() || !fit(part.shape(), operand.shape()))
    refuse(fmt::format("the rule of op \"{}\" made {} {} for \"{}\", which is {} {}", y.op_name(),
                       to_text(part.dtype()), to_text(part.shape()), operand.name(),
                       to_text(operand.dtype()), to_text(operand.shape())),
           where);
}

// Adds what node `id` hands down to each operand that is wanted.
void hand_down(const std::shared_ptr<GraphState>& graph, NodeId id, const std::vector<bool>& wanted,
               Sums& sums, SourceLocation where) {
  // A copy: rules append, and appending moves the arrays.
  const Node node = graph->node(id);
  const std::span<const Attribute> attributes = graph->attributes(id);
  std::array<Tensor, 5> few;
  std::vector<Tensor> many;
  std::span<Tensor> values =
      std::span(few).first(std::min<std::size_t>(node.operand_count + 1u, 5));
  if (node.operand_count + 1u > few.size()) {
    many.resize(node.operand_count + 1u);
    values = many;
  }
  const Tensor y(graph, id);
  values[0] = sums.of(id);
  for (std::size_t k = 0; k < node.operand_count; ++k)
    values[k + 1] = Tensor(graph, graph->operands(id)[k]);

  graph->context.where = node.where;
  graph->context.origin = id;
  for (std::size_t k = 0; k < node.operand_count; ++k) {
    const NodeId operand = values[k + 1].id();
    if (!wanted[index(operand)] || !flows(*graph, node, k, operand)) continue;
    const Tensor part = node.op->gradient_of(k)(Call(*node.op, attributes, &y, k), values);
    check_part(part, values[k + 1], y, where);
    sums.add(operand, part);
  }
}

}  // namespace

std::vector<Tensor> gradients(const std::vector<Tensor>& ys, const std::vector<Tensor>& xs,
                              const GradientOptions& options, SourceLocation where) {
  check(ys, xs, options.grad_ys, where);
  const std::shared_ptr<GraphState> graph = ys[0].shared_state();
  const NodeId last = std::ranges::max_element(ys, {}, &Tensor::id)->id();
  const std::vector<bool> wanted = reached_from(xs, *graph, last);
  check_paths(ys, xs, *graph, wanted, options.unconnected, where);

  const InRole role(*graph, Role::gradient);
  const NameScope scope(graph, "gradients", where);
  const At at(*graph, where);
  const GraphState::Context outside = graph->context;
  Sums sums(graph, last);
  for (std::size_t i = 0; i < ys.size(); ++i)
    sums.add(ys[i].id(), options.grad_ys.empty()
                             ? Tensor(graph, graph->literal(1, ys[i].dtype(), where))
                             : options.grad_ys[i]);
  // Readers have larger numbers: when the walk comes to a node, its sum is complete.
  for (auto i = static_cast<std::int32_t>(last); i >= 0; --i)
    if (sums.has(NodeId{i}) && wanted[index(NodeId{i})])
      hand_down(graph, NodeId{i}, wanted, sums, where);

  graph->context = outside;
  std::vector<Tensor> results;
  for (const Tensor& x : xs)
    results.push_back(sums.has(x.id()) ? sums.of(x.id()) : zeros_like({x, where}));
  return results;
}

std::vector<Tensor> gradients(const Tensor& y, const std::vector<Tensor>& xs,
                              const GradientOptions& options, SourceLocation where) {
  return gradients(std::vector<Tensor>{y}, xs, options, where);
}

Tensor gradient(const Tensor& y, const Tensor& x, const GradientOptions& options,
                SourceLocation where) {
  return gradients(std::vector<Tensor>{y}, {x}, options, where)[0];
}

}  // namespace gradus
