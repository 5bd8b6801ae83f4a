#include <gradus/graph_view.h>

#include "graph_state.h"

namespace gradus {

GraphView::GraphView(const GraphState& state) {
  const auto nodes = static_cast<std::size_t>(state.node_count());
  const auto operands = state.all_operands();
  sources_.reserve(operands.size());
  targets_.reserve(operands.size());
  first_.reserve(nodes + 1);
  for (Vertex v = 0; v < static_cast<Vertex>(nodes); ++v) {
    first_.push_back(std::ssize(sources_));
    for (NodeId producer : state.operands(NodeId{v})) {
      sources_.push_back(static_cast<Vertex>(producer));
      targets_.push_back(v);
    }
  }
  first_.push_back(std::ssize(sources_));

  // A counting sort by producer.
  out_first_.resize(nodes + 1);
  for (Vertex producer : sources_) ++out_first_[static_cast<std::size_t>(producer) + 1];
  for (std::size_t i = 0; i < nodes; ++i) out_first_[i + 1] += out_first_[i];
  std::vector<Edge> next(out_first_.begin(), out_first_.end() - 1);
  out_.resize(sources_.size());
  for (Edge e = 0; e < edge_count(); ++e)
    out_[static_cast<std::size_t>(next[static_cast<std::size_t>(source(e))]++)] = e;
}

}  // namespace gradus
