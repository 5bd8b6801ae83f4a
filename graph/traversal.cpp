#include <gradus/traversal.h>

#include <algorithm>
#include <limits>
#include <string>
#include <unordered_map>

#include <boost/graph/depth_first_search.hpp>
#include <boost/graph/filtered_graph.hpp>
#include <boost/graph/reverse_graph.hpp>

#include <gradus/error.h>
#include <gradus/graph_view.h>

#include "graph_state.h"

namespace gradus {
namespace {

using Colors = std::vector<boost::default_color_type>;

// Marks what is reached from the tensors, in either direction of the view.
template <class AnyView>
void reach(const AnyView& view, const std::vector<Tensor>& tensors, Colors& colors) {
  const auto color = boost::make_iterator_property_map(
      colors.begin(), boost::typed_identity_property_map<GraphView::Vertex>());
  for (const Tensor& t : tensors) {
    const auto start = static_cast<GraphView::Vertex>(t.id());
    if (colors[index(t.id())] == boost::white_color)
      boost::depth_first_visit(view, start, boost::default_dfs_visitor(), color);
  }
}

std::vector<NodeId> marked(const Colors& colors) {
  std::vector<NodeId> nodes;
  for (std::size_t i = 0; i < colors.size(); ++i)
    if (colors[i] != boost::white_color) nodes.push_back(NodeId{static_cast<std::int32_t>(i)});
  return nodes;
}

GraphView view_of(const std::vector<Tensor>& tensors) {
  for (const Tensor& t : tensors)
    if (&t.state() != &tensors[0].state())
      throw GraphError("traversal: the tensors are of two graphs");
  return GraphView(tensors[0].state());
}

// Keeps the vertices that were reached.
struct IsReached {
  const Colors* colors = nullptr;
  bool operator()(GraphView::Vertex v) const {
    return (*colors)[static_cast<std::size_t>(v)] != boost::white_color;
  }
};

}  // namespace

std::vector<Tensor> operands_of(const Tensor& tensor) {
  std::vector<Tensor> operands;
  for (NodeId operand : tensor.state().operands(tensor.id()))
    operands.push_back(tensor.state().tensor(operand));
  return operands;
}

std::vector<NodeId> ancestors(const std::vector<Tensor>& tensors) {
  if (tensors.empty()) return {};
  const GraphView view = view_of(tensors);
  Colors colors(num_vertices(view), boost::white_color);
  reach(boost::make_reverse_graph(view), tensors, colors);
  return marked(colors);
}

std::vector<NodeId> descendants(const std::vector<Tensor>& tensors) {
  if (tensors.empty()) return {};
  const GraphView view = view_of(tensors);
  Colors colors(num_vertices(view), boost::white_color);
  reach(view, tensors, colors);
  return marked(colors);
}

std::vector<NodeId> between(const std::vector<Tensor>& from, const std::vector<Tensor>& to) {
  if (from.empty() || to.empty()) return {};
  std::vector<Tensor> ends = from;
  ends.insert(ends.end(), to.begin(), to.end());
  const GraphView view = view_of(ends);
  Colors below(num_vertices(view), boost::white_color), on_path = below;
  reach(view, from, below);
  std::erase_if(ends, [&](const Tensor& t) {
    return std::find(to.begin(), to.end(), t) == to.end() ||
           !IsReached{&below}(static_cast<GraphView::Vertex>(t.id()));
  });
  const boost::filtered_graph filtered(view, boost::keep_all(), IsReached{&below});
  reach(boost::make_reverse_graph(filtered), ends, on_path);
  return marked(on_path);
}

std::vector<NodeId> within(std::int64_t steps, const std::vector<Tensor>& tensors) {
  std::vector<NodeId> nodes = ancestors(tensors);
  if (tensors.empty()) return nodes;
  const GraphState& graph = tensors[0].state();
  // Readers have larger numbers: from the back, a node's distance is known when the walk comes to
  // it.
  constexpr std::int64_t far = std::numeric_limits<std::int64_t>::max();
  std::vector<std::int64_t> distance(index(nodes.back()) + 1, far);
  for (const Tensor& t : tensors) distance[index(t.id())] = 0;
  for (auto id = nodes.rbegin(); id != nodes.rend(); ++id)
    if (const std::int64_t own = distance[index(*id)]; own < steps)
      for (NodeId operand : graph.operands(*id))
        distance[index(operand)] = std::min(distance[index(operand)], own + 1);
  std::erase_if(nodes, [&](NodeId id) { return distance[index(id)] == far; });
  return nodes;
}

std::vector<NodeId> in_scope(const Graph& graph, std::string_view scope) {
  const GraphState& state = graph.state();
  const std::string within_it = std::string(scope) + "/";
  std::unordered_map<std::uint32_t, bool> known;
  std::vector<NodeId> nodes;
  for (std::int32_t i = 0; i < state.node_count(); ++i) {
    const NodeId id{i};
    const std::uint32_t number = state.node(id).scope;
    const auto [found, is_new] = known.try_emplace(number, scope.empty());
    if (is_new && !scope.empty()) {
      const std::string& path = state.names().scope_path(number);
      found->second = path == scope || path.starts_with(within_it);
    }
    if (found->second) nodes.push_back(id);
  }
  if (nodes.empty() && !scope.empty())
    throw GraphError("traversal: no node is in a scope \"" + std::string(scope) + "\"");
  return nodes;
}

}  // namespace gradus
