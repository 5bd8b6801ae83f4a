#include "page_graph.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <gradus/op/op.h>
#include <gradus/op/records.h>

namespace gradus {
namespace {

// An arrow for each operand. A shape goes without saying where the values are read, too.
void add_arrow(std::vector<PageArrow>& arrows, std::size_t from, bool is_of_shape) {
  const auto same = std::ranges::find(arrows, from, &PageArrow::from);
  if (same == arrows.end() || (!is_of_shape && !same->is_of_shape))
    arrows.push_back({from, is_of_shape});
  else
    same->is_of_shape = same->is_of_shape && is_of_shape;
}

}  // namespace

PageGraph make_page_graph(std::shared_ptr<GraphState> graph, const Explanation& explanation) {
  PageGraph page;
  page.graph = std::move(graph);
  std::unordered_map<NodeId, std::size_t> place;
  for (const ForwardStep& step : explanation.forward) {
    place.emplace(step.id, page.nodes.size());
    page.nodes.push_back(step.id);
    std::vector<std::size_t>& operands = page.operands.emplace_back();
    std::vector<PageArrow>& arrows = page.arrows.emplace_back();
    for (NodeId operand : step.operands) {
      const bool is_of_shape = page.graph->node(step.id).op->reads_shape_alone(operands.size());
      operands.push_back(place.at(operand));
      add_arrow(arrows, operands.back(), is_of_shape);
    }
  }
  for (const BackwardStep& step : explanation.backward)
    for (const ExplainedContribution& c : step.contributions)
      page.ways.push_back({place.at(step.id), c.operand, place.at(c.target)});
  return page;
}

PageGraph textbook_graph(const PageGraph& page, const Explanation& explanation) {
  std::unordered_map<NodeId, std::size_t> place;
  for (std::size_t i = 0; i < page.nodes.size(); ++i) place.emplace(page.nodes[i], i);
  const auto whole = [&](std::size_t i) { return place.at(explanation.forward[i].whole); };
  PageGraph textbook = page;
  for (std::vector<PageArrow>& arrows : textbook.arrows) arrows.clear();
  for (std::size_t i = 0; i < page.nodes.size(); ++i)
    for (const PageArrow& arrow : page.arrows[i])
      if (whole(arrow.from) != whole(i))
        add_arrow(textbook.arrows[whole(i)], whole(arrow.from), arrow.is_of_shape);
  return textbook;
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
