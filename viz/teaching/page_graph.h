// What a page shows of a loss: its nodes, and the ways that gradients take between them.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <gradus/explain.h>

#include "graph/graph_state.h"

namespace gradus {

// A node hands its gradient down to one of its operands. Nodes are places in PageGraph::nodes.
struct PageWay {
  std::size_t from, operand, to;
};

struct PageArrow {
  std::size_t from;
  bool is_of_shape;  // nothing but the shape is read
};

struct PageGraph {
  std::shared_ptr<GraphState> graph;
  std::vector<NodeId> nodes;  // what the loss is computed from, ascending; the loss is the last
  std::vector<PageWay> ways;  // in the order of the backward pass
  std::vector<std::vector<std::size_t>> operands;  // of each node
  std::vector<std::vector<PageArrow>> arrows;      // to each node, as they are drawn

  Node node(std::size_t place) const { return graph->node(nodes[place]); }
};

// `graph` is the user's; the nodes of the explanation's copy have the same numbers.
PageGraph make_page_graph(std::shared_ptr<GraphState> graph, const Explanation& explanation);

// With the parts of each whole (ForwardStep::whole) drawn together.
PageGraph textbook_graph(const PageGraph& page, const Explanation& explanation);

// The nodes of terms that are added to the loss and read no fed value, such as weight decay.
std::vector<bool> regularizer_nodes(const PageGraph& page, const Explanation& explanation);

}  // namespace gradus
