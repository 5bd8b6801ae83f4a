#include <gradus/graph_view.h>

#include <utility>
#include <vector>

#include "graph/graph_state.h"

namespace gradus {
namespace {

OperandGraph operand_graph(const GraphState& state) {
  std::vector<std::pair<std::int32_t, std::int32_t>> edges;
  std::vector<std::int64_t> indices;
  const auto nodes = static_cast<std::int32_t>(state.node_count());
  for (std::int32_t reader = 0; reader < nodes; ++reader) {
    std::int64_t index = 0;
    for (NodeId operand : state.operands(NodeId{reader})) {
      edges.emplace_back(reader, static_cast<std::int32_t>(operand));
      indices.push_back(index++);
    }
  }
  return {boost::edges_are_unsorted_multi_pass, edges.begin(), edges.end(), indices.begin(), nodes};
}

}  // namespace

GraphView::GraphView(const GraphState& state) : reverse_graph(operand_graph(state)) {}

}  // namespace gradus
