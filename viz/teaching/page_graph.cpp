#include "page_graph.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <gradus/op/op.h>
#include <gradus/op/records.h>

namespace gradus {

PageGraph make_page_graph(std::shared_ptr<GraphState> graph, const Explanation& explanation) {
  PageGraph page;
  page.graph = std::move(graph);
  std::unordered_map<NodeId, std::size_t> place;
  for (const ForwardStep& step : explanation.forward) {
    place.emplace(step.id, page.nodes.size());
    page.nodes.push_back(step.id);
    std::vector<std::size_t>& operands = page.operands.emplace_back();
    for (NodeId operand : step.operands) operands.push_back(place.at(operand));
  }
  for (const BackwardStep& step : explanation.backward)
    for (const ExplainedContribution& c : step.contributions)
      page.ways.push_back({place.at(step.id), c.operand, place.at(c.target)});
  return page;
}

std::vector<bool> regularizer_nodes(const PageGraph& page, const Explanation& explanation) {
  const std::size_t count = page.nodes.size();
  std::vector<bool> is_fed(count), is_term(count);
  std::vector<std::vector<std::size_t>> readers(count);
  for (std::size_t i = 0; i < count; ++i) {
    is_fed[i] = page.node(i).op == &placeholder_op;
    for (std::size_t operand : page.operands[i]) {
      if (is_fed[operand]) is_fed[i] = true;
      readers[operand].push_back(i);
    }
  }
  for (std::size_t i = count; i-- > 0;) {
    if (is_fed[i] || explanation.forward[i].is_source || readers[i].empty()) continue;
    const auto belongs = [&](std::size_t reader) {
      const Op* op = page.node(reader).op;
      const bool is_sum = op == &add_op && page.graph->shape(page.nodes[reader]).rank() == 0;
      return is_term[reader] || (is_sum && is_fed[reader]);
    };
    is_term[i] = std::ranges::all_of(readers[i], belongs);
  }
  return is_term;
}

}  // namespace gradus
