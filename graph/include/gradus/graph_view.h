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

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/reverse_graph.hpp>
#include <boost/property_map/property_map.hpp>

#include <gradus/graph.h>

namespace gradus {

// Of an edge: which operand of its target the source is.
struct operand_index_t {
  using kind = boost::edge_property_tag;
};
inline constexpr operand_index_t operand_index{};

// From each node to its operands: the list of all operands of all nodes.
using OperandGraph =
    boost::compressed_sparse_row_graph<boost::bidirectionalS, boost::no_property,
                                       boost::property<operand_index_t, std::int64_t>,
                                       boost::no_property, std::int32_t, std::int64_t>;

// A vertex is a node's number. An edge's index is a position in the list of all operands of all
// nodes: so the edges into a node are neighbours, and x + x has two. The view shows the nodes that
// existed when it was made.
class GraphView : public boost::reverse_graph<OperandGraph, OperandGraph> {
 public:
  using Vertex = vertex_descriptor;
  using Edge = edge_descriptor;

  explicit GraphView(const Graph& graph) : GraphView(graph.state()) {}
  explicit GraphView(const GraphState& state);
};

inline std::size_t num_vertices(const GraphView& g) {
  return static_cast<std::size_t>(num_vertices(g.m_g));
}
inline std::int64_t degree(GraphView::Vertex v, const GraphView& g) {
  return in_degree(v, g) + out_degree(v, g);
}

// Nothing is stored at vertices and edges: what copy_graph copies.
template <class Key>
using NoProperties = boost::static_property_map<boost::no_property, Key>;
inline NoProperties<GraphView::Vertex> get(boost::vertex_all_t, const GraphView&) {
  return boost::no_property();
}
inline NoProperties<GraphView::Edge> get(boost::edge_all_t, const GraphView&) {
  return boost::no_property();
}

}  // namespace gradus

namespace boost {

template <>
struct is_reverse_graph<gradus::GraphView> : mpl::true_ {};
template <class Tag>
struct property_map<gradus::GraphView, Tag>
    : property_map<reverse_graph<gradus::OperandGraph, gradus::OperandGraph>, Tag> {};
template <>
struct property_map<gradus::GraphView, vertex_all_t> {
  using const_type = gradus::NoProperties<gradus::GraphView::Vertex>;
};
template <>
struct property_map<gradus::GraphView, edge_all_t> {
  using const_type = gradus::NoProperties<gradus::GraphView::Edge>;
};

}  // namespace boost
