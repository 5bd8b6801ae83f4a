#include "paths.h"

#include <algorithm>

#include <gradus/op/op.h>
#include <gradus/traversal.h>

#include "core/throw_at.h"

namespace gradus {
namespace {

// Names the first op between x and ys that lets no gradient through, if there is one.
[[noreturn]] void refuse(const Tensor& x, const std::vector<Tensor>& ys, const GraphState& graph,
                         SourceLocation where) {
  const std::vector<NodeId> between_x_and_ys = between({x}, ys);
  if (between_x_and_ys.empty())
    throw_at<GraphError>(where, "gradients: no path leads from x \"{}\" to y \"{}\"", x.name(),
                         ys[0].name());
  const NodeFlags reached = reached_from({x}, graph, between_x_and_ys.back());
  const auto blocks = [&](NodeId id) { return !reached[index(id)]; };
  const NodeId blocking = *std::ranges::find_if(between_x_and_ys, blocks);
  throw_at<GraphError>(where,
                       "gradients: no gradient of y \"{}\" comes to x \"{}\": op \"{}\" of node "
                       "\"{}\" lets none through",
                       ys[0].name(), x.name(), graph.kind(blocking).op->name, graph.name(blocking));
}

}  // namespace

NodeFlags reached_from(const std::vector<Tensor>& xs, const GraphState& graph, NodeId last) {
  NodeFlags reached(index(last) + 1);
  for (const Tensor& x : xs)
    if (x.id() <= last) reached[index(x.id())] = true;
  for (std::int32_t i = 0; i <= static_cast<std::int32_t>(last); ++i) {
    const NodeId id{i};
    const NodeKind& kind = graph.kind(id);
    if (reached[index(id)] || !is_float(kind.dtype)) continue;
    const auto operands = graph.operands(id);
    for (std::size_t k = 0; k < operands.size(); ++k)
      if (reached[index(operands[k])] && flows(graph, *kind.op, k, operands[k]))
        reached[index(id)] = true;
  }
  return reached;
}

void check_paths(const std::vector<Tensor>& ys, const std::vector<Tensor>& xs,
                 const GraphState& graph, const NodeFlags& wanted, Unconnected unconnected,
                 SourceLocation where) {
  NodeFlags comes(wanted.size());
  for (const Tensor& y : ys) comes[index(y.id())] = true;
  for (std::size_t i = wanted.size(); i-- > 0;) {
    if (!comes[i] || !wanted[i]) continue;
    const NodeId id{static_cast<std::int32_t>(i)};
    const Op& op = *graph.kind(id).op;
    const auto operands = graph.operands(id);
    for (std::size_t k = 0; k < operands.size(); ++k) {
      if (!wanted[index(operands[k])] || !flows(graph, op, k, operands[k])) continue;
      if (op.gradient.empty())
        throw_at<GraphError>(where, "gradients: op \"{}\" of node \"{}\" has no gradient rule",
                             op.name, graph.name(id));
      comes[index(operands[k])] = true;
    }
  }
  for (const Tensor& x : xs)
    if (unconnected == Unconnected::error &&
        (index(x.id()) >= comes.size() || !comes[index(x.id())]))
      refuse(x, ys, graph, where);
}

}  // namespace gradus
