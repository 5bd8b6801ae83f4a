// The exercise of lesson 2: the nodes that a tensor is computed from.
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/gradus.h>

namespace gradus {
namespace {

// [exercise]
// How many nodes y is computed from, y included: without recursion, in one loop over the ids.
// operands_of(t) are the tensors that t reads; t.id() is the number of its node.
std::int64_t nodes_behind(const Tensor& y);
// [exercise]

// Operands have smaller ids than their readers. From y down, each node has been marked by all its
// readers when it is reached.
std::int64_t nodes_behind(const Tensor& y) {
  std::vector<Tensor> marked(index(y.id()) + 1);
  marked[index(y.id())] = y;
  std::int64_t count = 0;
  for (std::size_t i = marked.size(); i-- > 0;) {
    if (!marked[i]) continue;
    ++count;
    for (const Tensor& operand : operands_of(marked[i])) marked[index(operand.id())] = operand;
  }
  return count;
}

TEST(Graphs, a_placeholder_is_computed_from_itself) {
  Graph g;
  EXPECT_EQ(nodes_behind(g.placeholder("a", {})), 1);
}

TEST(Graphs, a_node_that_is_read_twice_counts_once) {
  Graph g;
  const Tensor a = g.placeholder("a", {}), b = g.placeholder("b", {});
  const Tensor f = square(a) + a * b;
  const Tensor unread = exp(b);
  EXPECT_EQ(nodes_behind(f), 5);
  EXPECT_EQ(nodes_behind(unread), 2);
}

// Each node doubles the number of paths: who walks along them needs 2^100 steps.
TEST(Graphs, many_paths_are_few_nodes) {
  Graph g;
  Tensor x = g.placeholder("x", {});
  for (int i = 0; i < 100; ++i) x = x * x;
  EXPECT_EQ(nodes_behind(x), 101);
}

TEST(Graphs, the_library_counts_alike) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const models::BasicAE ae(g, {3, 2});
  const Tensor loss = reconstruction_error(ae(x), x);
  for (const Tensor& y : {loss, gradient(loss, ae.W())})
    EXPECT_EQ(nodes_behind(y), std::ssize(ancestors({y})));
}

}  // namespace
}  // namespace gradus
