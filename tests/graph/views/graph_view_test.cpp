#include <gradus/graph_view.h>

#include <algorithm>
#include <iterator>

#include <gtest/gtest.h>
#include <boost/concept/assert.hpp>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/copy.hpp>
#include <boost/graph/reverse_graph.hpp>
#include <boost/graph/topological_sort.hpp>

#include <gradus/ops.h>
#include <gradus/random.h>

namespace gradus {
namespace {

BOOST_CONCEPT_ASSERT((boost::VertexListGraphConcept<GraphView>));
BOOST_CONCEPT_ASSERT((boost::EdgeListGraphConcept<GraphView>));
BOOST_CONCEPT_ASSERT((boost::BidirectionalGraphConcept<GraphView>));
BOOST_CONCEPT_ASSERT((boost::AdjacencyGraphConcept<GraphView>));
BOOST_CONCEPT_ASSERT(
    (boost::ReadablePropertyGraphConcept<GraphView, GraphView::Vertex, boost::vertex_index_t>));
BOOST_CONCEPT_ASSERT(
    (boost::ReadablePropertyGraphConcept<GraphView, GraphView::Edge, boost::edge_index_t>));
BOOST_CONCEPT_ASSERT(
    (boost::ReadablePropertyGraphConcept<GraphView, GraphView::Edge, operand_index_t>));
BOOST_CONCEPT_ASSERT((boost::BidirectionalGraphConcept<boost::reverse_graph<GraphView>>));

// Sums of two random earlier nodes.
Graph random_graph(int size, std::uint64_t seed) {
  Graph g;
  Random random(seed, "graph");
  std::vector<Tensor> nodes{g.placeholder("x", {})};
  const auto any_node = [&] {
    return nodes[static_cast<std::size_t>(random.below(std::ssize(nodes)))];
  };
  while (std::ssize(nodes) < size) {
    const Tensor a = any_node(), b = any_node();
    nodes.push_back(a + b);
  }
  return g;
}

TEST(GraphView, has_two_edges_for_x_plus_x_with_their_operand_indices) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  const Tensor y = x + x;
  const GraphView view(g);
  EXPECT_EQ(num_vertices(view), 2);
  EXPECT_EQ(num_edges(view), 2);
  std::int64_t expected = 0;
  const auto [first, last] = in_edges(1, view);
  for (const auto e : boost::make_iterator_range(first, last)) {
    EXPECT_EQ(source(e, view), static_cast<GraphView::Vertex>(x.id()));
    EXPECT_EQ(target(e, view), static_cast<GraphView::Vertex>(y.id()));
    EXPECT_EQ(get(operand_index, view, e), expected++);
  }
  EXPECT_EQ(expected, 2);
  EXPECT_EQ(out_degree(0, view), 2);
  EXPECT_EQ(in_degree(0, view), 0);
  EXPECT_EQ(degree(1, view), 2);
}

TEST(GraphView, in_and_out_edges_are_the_same_set) {
  const Graph g = random_graph(300, 1);
  const GraphView view(g);
  std::vector<GraphView::Edge> in, out;
  for (const auto v : boost::make_iterator_range(vertices(view))) {
    for (const auto e : boost::make_iterator_range(in_edges(v, view))) {
      EXPECT_EQ(target(e, view), v);
      in.push_back(e);
    }
    for (const auto e : boost::make_iterator_range(out_edges(v, view))) {
      EXPECT_EQ(source(e, view), v);
      out.push_back(e);
    }
  }
  std::ranges::sort(out);
  const auto [first, last] = edges(view);
  EXPECT_EQ(in, std::vector<GraphView::Edge>(first, last));
  EXPECT_EQ(out, in);
}

TEST(GraphView, neighbours_are_the_targets_of_the_out_edges) {
  const Graph g = random_graph(100, 2);
  const GraphView view(g);
  for (const auto v : boost::make_iterator_range(vertices(view))) {
    std::vector<GraphView::Vertex> expected;
    for (const auto e : boost::make_iterator_range(out_edges(v, view)))
      expected.push_back(target(e, view));
    const auto [first, last] = adjacent_vertices(v, view);
    EXPECT_EQ(std::vector<GraphView::Vertex>(first, last), expected);
  }
}

TEST(GraphView, sorted_topologically_has_each_operand_before_its_reader) {
  const Graph g = random_graph(1000, 3);
  const GraphView view(g);
  std::vector<GraphView::Vertex> order;  // the last first
  boost::topological_sort(view, std::back_inserter(order));
  std::vector<std::size_t> place(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) place[static_cast<std::size_t>(order[i])] = i;
  ASSERT_EQ(order.size(), num_vertices(view));
  for (const auto e : boost::make_iterator_range(edges(view))) {
    EXPECT_GT(place[static_cast<std::size_t>(source(e, view))],
              place[static_cast<std::size_t>(target(e, view))]);
    EXPECT_LT(source(e, view), target(e, view));
  }
}

TEST(GraphView, is_copied_into_an_adjacency_list) {
  const Graph g = random_graph(50, 4);
  const GraphView view(g);
  boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS> copy;
  boost::copy_graph(view, copy);
  ASSERT_EQ(num_vertices(copy), num_vertices(view));
  ASSERT_EQ(num_edges(copy), num_edges(view));
  for (std::size_t v = 0; v < num_vertices(view); ++v) {
    EXPECT_EQ(boost::in_degree(v, copy), in_degree(static_cast<GraphView::Vertex>(v), view));
    EXPECT_EQ(boost::out_degree(v, copy), out_degree(static_cast<GraphView::Vertex>(v), view));
  }
}

TEST(GraphView, shows_the_nodes_that_existed_when_it_was_made) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  const GraphView view(g);
  x + 1;
  EXPECT_EQ(num_vertices(view), 1);
  EXPECT_EQ(num_edges(view), 0);
  EXPECT_EQ(num_vertices(GraphView(g)), 3);
}

TEST(GraphView, of_an_empty_graph_is_empty) {
  const Graph g;
  const GraphView view(g);
  EXPECT_EQ(num_vertices(view), 0);
  EXPECT_EQ(num_edges(view), 0);
}

}  // namespace
}  // namespace gradus
