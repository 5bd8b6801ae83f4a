#include <gradus/run_values.h>

#include <gradus/gradients.h>
#include <gradus/op/op.h>
#include <gradus/op/records.h>
#include <gradus/traversal.h>

#include "graph/graph_state.h"

namespace gradus {
namespace {

// What the tensors are computed from, without assignments and what is computed from these.
std::vector<Tensor> readable_ancestors(const std::vector<Tensor>& tensors) {
  std::vector<Tensor> readable;
  if (tensors.empty()) return readable;
  GraphState& graph = tensors[0].state();
  std::vector<bool> assigns(static_cast<std::size_t>(graph.node_count()));
  for (NodeId id : ancestors(tensors)) {
    assigns[index(id)] = graph.node(id).op == &assign_op;
    for (NodeId operand : graph.operands(id))
      if (assigns[index(operand)]) assigns[index(id)] = true;
    if (!assigns[index(id)]) readable.push_back(graph.tensor(id));
  }
  return readable;
}

// A gradient differentiates a node, or is the loss's own, the number 1; what gradients() makes for
// an x without path does neither.
bool is_connected(const GraphState& graph, const Tensor& gradient) {
  const Node& node = graph.node(gradient.id());
  return node.origin != no_node || node.op == &constant_op;
}

}  // namespace

RunValues values_of(Session& session, const TensorList& tensors, const std::vector<Feed>& feeds,
                    SourceLocation where) {
  const std::vector<Tensor> fetches = readable_ancestors(tensors);
  const std::vector<Array> arrays = session.run(fetches, feeds, where);
  RunValues values;
  for (std::size_t i = 0; i < fetches.size(); ++i) values.set_value(fetches[i], arrays[i]);
  return values;
}

RunValues values_of(Session& session, const Tensor& tensor, const std::vector<Feed>& feeds,
                    SourceLocation where) {
  return values_of(session, std::vector<Tensor>{tensor}, feeds, where);
}

RunValues values_and_gradients_of(Session& session, const Tensor& loss,
                                  const std::vector<Feed>& feeds, SourceLocation where) {
  const std::vector<Tensor> nodes = readable_ancestors({loss});
  std::vector<Tensor> xs;
  for (const Tensor& t : nodes)
    if (is_float(t.dtype()) && loss.state().literal(t.id()) == nullptr) xs.push_back(t);
  std::vector<Tensor> connected, fetches = nodes;
  const std::vector<Tensor> found = gradients(loss, xs, {.unconnected = Unconnected::zero}, where);
  for (std::size_t i = 0; i < xs.size(); ++i) {
    if (!is_connected(loss.state(), found[i])) continue;
    connected.push_back(xs[i]);
    fetches.push_back(found[i]);
  }
  const std::vector<Array> arrays = session.run(fetches, feeds, where);
  RunValues values;
  for (std::size_t i = 0; i < nodes.size(); ++i) values.set_value(nodes[i], arrays[i]);
  for (std::size_t i = 0; i < connected.size(); ++i)
    values.set_gradient(connected[i], arrays[nodes.size() + i]);
  return values;
}

}  // namespace gradus
