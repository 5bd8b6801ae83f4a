#include <gradus/traversal.h>

#include <pthread.h>
#include <algorithm>
#include <functional>
#include <iterator>

#include <gtest/gtest.h>

#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/random.h>
#include <gradus/text.h>

#include "graph/graph_state.h"

namespace gradus {
namespace {

using Marks = std::vector<bool>;

std::vector<Tensor> random_nodes(Graph& g, int size, Random& random) {
  std::vector<Tensor> nodes{g.placeholder("x", {}), g.placeholder("y", {})};
  // Near operands make long paths, far ones make wide graphs.
  const auto near = [&] {
    const std::int64_t back = 1 + random.below(std::min<std::int64_t>(std::ssize(nodes), 6));
    return nodes[nodes.size() - static_cast<std::size_t>(back)];
  };
  for (int i = 2; i < size; ++i) {
    const Tensor a = near(), b = near();
    nodes.push_back(random.below(4) == 0 ? -a : a + b);
  }
  return nodes;
}

// From the definition: a node is reached if one of its operands is.
Marks brute_descendants(const GraphState& graph, const std::vector<Tensor>& from) {
  Marks marks(static_cast<std::size_t>(graph.node_count()));
  for (const Tensor& t : from) marks[index(t.id())] = true;
  for (std::size_t i = 0; i < marks.size(); ++i)
    for (NodeId operand : graph.operands(NodeId{static_cast<std::int32_t>(i)}))
      if (marks[index(operand)]) marks[i] = true;
  return marks;
}
Marks brute_ancestors(const GraphState& graph, const std::vector<Tensor>& to) {
  Marks marks(static_cast<std::size_t>(graph.node_count()));
  for (const Tensor& t : to) marks[index(t.id())] = true;
  for (std::size_t i = marks.size(); i-- > 0;)
    if (marks[i])
      for (NodeId operand : graph.operands(NodeId{static_cast<std::int32_t>(i)}))
        marks[index(operand)] = true;
  return marks;
}

std::vector<NodeId> ids(const Marks& marks) {
  std::vector<NodeId> nodes;
  for (std::size_t i = 0; i < marks.size(); ++i)
    if (marks[i]) nodes.push_back(NodeId{static_cast<std::int32_t>(i)});
  return nodes;
}

TEST(Traversal, agrees_with_the_definitions_on_random_graphs) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Graph g;
    Random random(seed, "traversal");
    const std::vector<Tensor> nodes = random_nodes(g, 40, random);
    const auto choose = [&] {
      std::vector<Tensor> chosen;
      std::ranges::copy_if(nodes, std::back_inserter(chosen),
                           [&](const Tensor&) { return random.below(12) == 0; });
      if (chosen.empty()) chosen.push_back(nodes[static_cast<std::size_t>(random.below(40))]);
      return chosen;
    };
    const std::vector<Tensor> from = choose(), to = choose();
    const Marks down = brute_descendants(g.state(), from), up = brute_ancestors(g.state(), to);
    Marks both(down.size());
    for (std::size_t i = 0; i < both.size(); ++i) both[i] = down[i] && up[i];
    ASSERT_EQ(descendants(from), ids(down)) << "seed " << seed;
    ASSERT_EQ(ancestors(to), ids(up)) << "seed " << seed;
    ASSERT_EQ(between(from, to), ids(both)) << "seed " << seed;
  }
}

TEST(Traversal, of_nothing_is_nothing) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  EXPECT_TRUE(ancestors({}).empty());
  EXPECT_TRUE(descendants({}).empty());
  EXPECT_TRUE(between({}, {x}).empty());
  EXPECT_TRUE(between({x}, {}).empty());
}

TEST(Traversal, between_is_empty_where_no_path_leads) {
  Graph g;
  const Tensor x = g.placeholder("x", {}), y = g.placeholder("y", {});
  const Tensor a = exp(x), b = exp(y);
  EXPECT_TRUE(between({x}, {b}).empty());
  EXPECT_TRUE(between({a}, {x}).empty());
  EXPECT_EQ(between({x}, {a, b}), (std::vector<NodeId>{x.id(), a.id()}));
}

TEST(Traversal, within_counts_the_steps_of_the_shortest_path) {
  Graph g;
  const Tensor x = g.placeholder("x", {}), y = g.placeholder("y", {});
  const Tensor a = exp(x), b = a * y, c = b + x;
  EXPECT_EQ(within(0, {c}), (std::vector<NodeId>{c.id()}));
  EXPECT_EQ(within(1, {c}), (std::vector<NodeId>{x.id(), b.id(), c.id()}));
  EXPECT_EQ(within(2, {c}), (std::vector<NodeId>{x.id(), y.id(), a.id(), b.id(), c.id()}));
  EXPECT_EQ(within(1, {b, a}), (std::vector<NodeId>{x.id(), y.id(), a.id(), b.id()}));
  EXPECT_TRUE(within(1, {}).empty());
}

TEST(Traversal, in_scope_finds_the_nodes_of_a_scope_and_of_those_in_it) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  Tensor a, b, c;
  {
    const NameScope outer = g.scope("model");
    a = exp(x);
    const NameScope inner = g.scope("layer");
    b = exp(a);
  }
  {
    const NameScope other = g.scope("model_2");
    c = exp(b);
  }
  EXPECT_EQ(in_scope(g, "model"), (std::vector<NodeId>{a.id(), b.id()}));
  EXPECT_EQ(in_scope(g, "model/layer"), (std::vector<NodeId>{b.id()}));
  EXPECT_EQ(in_scope(g, ""), (std::vector<NodeId>{x.id(), a.id(), b.id(), c.id()}));
  try {
    in_scope(g, "layer");
    ADD_FAILURE() << "no error";
  } catch (const GraphError& error) {
    EXPECT_STREQ(error.what(), "traversal: no node is in a scope \"layer\"");
  }
}

void run_on_small_stack(const std::function<void()>& work) {
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, 256 << 10), 0);
  pthread_t thread;
  const auto start = [](void* work_address) -> void* {
    (*static_cast<const std::function<void()>*>(work_address))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, start,
                           const_cast<void*>(static_cast<const void*>(&work))),
            0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

TEST(Traversal, walks_a_chain_of_a_million_nodes_on_a_small_stack) {
  run_on_small_stack([] {
    constexpr std::size_t length = 1000000;
    Graph g;
    const Tensor x = g.placeholder("x", {});
    Tensor y = x;
    while (g.node_count() < static_cast<std::int64_t>(length)) y = -y;
    EXPECT_EQ(ancestors({y}).size(), length);
    EXPECT_EQ(descendants({x}).size(), length);
    EXPECT_EQ(between({x}, {y}).size(), length);
    EXPECT_EQ(y.name(), "negative_999998");
    EXPECT_EQ(g.find("negative_999998"), y);
    const std::string text = to_text(g);
    EXPECT_EQ(std::ranges::count(text, '\n'), static_cast<std::int64_t>(length));
  });
}

}  // namespace
}  // namespace gradus
