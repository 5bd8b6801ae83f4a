// A Graph seen by Boost.Graph: read only, edges run from producer to consumer.
//
//   GraphView view(graph);
//   std::vector<GraphView::Vertex> order;
//   boost::topological_sort(view, std::back_inserter(order));
//
// Models VertexListGraph, EdgeListGraph, BidirectionalGraph and AdjacencyGraph. This header brings
// Boost.Graph; no other header of the library does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <boost/graph/adjacency_iterator.hpp>
#include <boost/graph/graph_concepts.hpp>
#include <boost/graph/graph_traits.hpp>
#include <boost/graph/properties.hpp>
#include <boost/iterator/counting_iterator.hpp>
#include <boost/property_map/property_map.hpp>

#include <gradus/graph.h>

namespace gradus {

// A vertex is a node's number. An edge is a position in the list of all operands of all nodes: so
// its number is its index, the edges into a node are neighbours, and x + x has two. The view shows
// the nodes that existed when it was made; the graph must live as long.
class GraphView {
 public:
  using Vertex = std::int32_t;
  using Edge = std::int64_t;

  explicit GraphView(const Graph& graph) : GraphView(graph.state()) {}
  explicit GraphView(const GraphState& state);

  std::int64_t vertex_count() const { return std::ssize(first_) - 1; }
  std::int64_t edge_count() const { return std::ssize(sources_); }
  Vertex source(Edge e) const { return sources_[static_cast<std::size_t>(e)]; }
  Vertex target(Edge e) const { return targets_[static_cast<std::size_t>(e)]; }
  // Which operand of its target the source is.
  std::int64_t operand_index(Edge e) const { return e - in(target(e)).first; }
  std::pair<Edge, Edge> in(Vertex v) const {
    const auto i = static_cast<std::size_t>(v);
    return {first_[i], first_[i + 1]};
  }
  std::span<const Edge> out(Vertex v) const {
    const auto i = static_cast<std::size_t>(v);
    return {out_.data() + out_first_[i], out_.data() + out_first_[i + 1]};
  }

 private:
  std::vector<Vertex> sources_, targets_;
  std::vector<Edge> first_, out_first_, out_;
};

struct operand_index_t {
  using kind = boost::edge_property_tag;
};
inline constexpr operand_index_t operand_index{};

struct OperandIndexMap {
  using key_type = GraphView::Edge;
  using value_type = std::int64_t;
  using reference = std::int64_t;
  using category = boost::readable_property_map_tag;
  const GraphView* view = nullptr;
};
inline std::int64_t get(const OperandIndexMap& map, GraphView::Edge e) {
  return map.view->operand_index(e);
}

}  // namespace gradus

namespace boost {

template <>
struct graph_traits<gradus::GraphView> {
  using vertex_descriptor = gradus::GraphView::Vertex;
  using edge_descriptor = gradus::GraphView::Edge;
  using directed_category = bidirectional_tag;
  using edge_parallel_category = allow_parallel_edge_tag;
  struct traversal_category : bidirectional_graph_tag,
                              vertex_list_graph_tag,
                              edge_list_graph_tag,
                              adjacency_graph_tag {};
  using vertices_size_type = std::size_t;
  using edges_size_type = std::size_t;
  using degree_size_type = std::size_t;
  using vertex_iterator = counting_iterator<vertex_descriptor>;
  using edge_iterator = counting_iterator<edge_descriptor>;
  using in_edge_iterator = counting_iterator<edge_descriptor>;
  using out_edge_iterator = const edge_descriptor*;
  using adjacency_iterator =
      adjacency_iterator_generator<gradus::GraphView, vertex_descriptor, out_edge_iterator>::type;
  static constexpr vertex_descriptor null_vertex() { return -1; }
};
template <>
struct property_map<gradus::GraphView, vertex_index_t> {
  using type = typed_identity_property_map<gradus::GraphView::Vertex>;
  using const_type = type;
};
template <>
struct property_map<gradus::GraphView, edge_index_t> {
  using type = typed_identity_property_map<gradus::GraphView::Edge>;
  using const_type = type;
};
// Nothing is stored at vertices and edges: what copy_graph copies.
template <>
struct property_map<gradus::GraphView, vertex_all_t> {
  using type = static_property_map<no_property, gradus::GraphView::Vertex>;
  using const_type = type;
};
template <>
struct property_map<gradus::GraphView, edge_all_t> {
  using type = static_property_map<no_property, gradus::GraphView::Edge>;
  using const_type = type;
};
template <>
struct property_map<gradus::GraphView, gradus::operand_index_t> {
  using type = gradus::OperandIndexMap;
  using const_type = type;
};

}  // namespace boost

namespace gradus {

using GraphViewTraits = boost::graph_traits<GraphView>;

// What the concepts ask for, found by argument-dependent lookup.
inline std::size_t num_vertices(const GraphView& g) {
  return static_cast<std::size_t>(g.vertex_count());
}
inline std::size_t num_edges(const GraphView& g) {
  return static_cast<std::size_t>(g.edge_count());
}
inline auto vertices(const GraphView& g) {
  using Iterator = GraphViewTraits::vertex_iterator;
  return std::pair(Iterator(0), Iterator(static_cast<GraphView::Vertex>(g.vertex_count())));
}
inline auto edges(const GraphView& g) {
  using Iterator = GraphViewTraits::edge_iterator;
  return std::pair(Iterator(0), Iterator(g.edge_count()));
}
inline GraphView::Vertex source(GraphView::Edge e, const GraphView& g) { return g.source(e); }
inline GraphView::Vertex target(GraphView::Edge e, const GraphView& g) { return g.target(e); }
inline auto out_edges(GraphView::Vertex v, const GraphView& g) {
  const auto out = g.out(v);
  return std::pair(out.data(), out.data() + out.size());
}
inline auto in_edges(GraphView::Vertex v, const GraphView& g) {
  using Iterator = GraphViewTraits::in_edge_iterator;
  const auto [first, last] = g.in(v);
  return std::pair(Iterator(first), Iterator(last));
}
inline std::size_t out_degree(GraphView::Vertex v, const GraphView& g) { return g.out(v).size(); }
inline std::size_t in_degree(GraphView::Vertex v, const GraphView& g) {
  const auto [first, last] = g.in(v);
  return static_cast<std::size_t>(last - first);
}
inline std::size_t degree(GraphView::Vertex v, const GraphView& g) {
  return in_degree(v, g) + out_degree(v, g);
}
inline auto adjacent_vertices(GraphView::Vertex v, const GraphView& g) {
  using Iterator = GraphViewTraits::adjacency_iterator;
  const auto [first, last] = out_edges(v, g);
  return std::pair(Iterator(first, &g), Iterator(last, &g));
}
inline boost::typed_identity_property_map<GraphView::Vertex> get(boost::vertex_index_t,
                                                                 const GraphView&) {
  return {};
}
inline boost::typed_identity_property_map<GraphView::Edge> get(boost::edge_index_t,
                                                               const GraphView&) {
  return {};
}
inline boost::static_property_map<boost::no_property, GraphView::Vertex> get(boost::vertex_all_t,
                                                                             const GraphView&) {
  return boost::no_property();
}
inline boost::static_property_map<boost::no_property, GraphView::Edge> get(boost::edge_all_t,
                                                                           const GraphView&) {
  return boost::no_property();
}
inline OperandIndexMap get(operand_index_t, const GraphView& g) { return {&g}; }
template <class Tag, class Key>
auto get(Tag tag, const GraphView& g, Key key) {
  return get(get(tag, g), key);
}

}  // namespace gradus
