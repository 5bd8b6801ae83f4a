// Nothing recurses over the graph: a million nodes on a small stack.
#include <pthread.h>
#include <algorithm>
#include <functional>
#include <numeric>

#include <gtest/gtest.h>

#include <gradus/gradients.h>
#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/session.h>
#include <gradus/text.h>
#include <gradus/traversal.h>

namespace gradus {
namespace {

constexpr int depth = 1'000'000;

void use_a_deep_chain() {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size});
  Tensor y = x;
  for (int i = 0; i < depth; ++i) y = -y;
  const Tensor dx = gradient(reduce_sum(y), x);
  ASSERT_EQ(ancestors({dx}).size(), std::size_t{2 * depth + 3});
  {
    Session session(g, {.threads = 1});
    const std::vector<Array> values = session.run({y, dx}, {{x, Array({1, 2})}});
    EXPECT_EQ(to_text(values[0]), "[1, 2]");
    EXPECT_EQ(to_text(values[1]), "[1, 1]");
  }
  const std::string text = to_text(g);
  EXPECT_EQ(std::ranges::count(text, '\n'), 2 * depth + 3);
  EXPECT_TRUE(
      text.ends_with("gradients/negative_999999 = negative(gradients/negative_999998)  "
                     "float32 [?]\n"))
      << text.substr(text.size() - 200);
}

void on_a_small_stack(std::function<void()> task) {
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, 256 * 1024), 0);
  pthread_t thread;
  const auto run = [](void* f) -> void* {
    (*static_cast<std::function<void()>*>(f))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, &task), 0);
  ASSERT_EQ(pthread_join(thread, nullptr), 0);
  pthread_attr_destroy(&attributes);
}

TEST(DeepGraph, slow_a_chain_of_a_million_nodes_is_used_and_freed) { use_a_deep_chain(); }

TEST(DeepGraph, slow_a_chain_of_a_million_nodes_is_used_and_freed_on_a_small_stack) {
  on_a_small_stack(use_a_deep_chain);
}

void free_in_an_odd_order() {
  std::vector<Tensor> handles;
  {
    Graph g;
    handles.push_back(g.variable("x", Array({1, 2})));
    for (int i = 1; i < depth; ++i)
      handles.push_back(i % 2 == 0 ? handles.back() + 1 : tanh(handles.back()));
  }
  for (std::size_t i = 0; i < handles.size(); i += 2) handles[i] = Tensor();
  for (std::size_t i = 1; i < handles.size(); i += 4) handles[i] = Tensor();
  EXPECT_EQ(handles.back().op_name(), "tanh");
  for (std::size_t i = handles.size(); i-- > 0;) handles[i] = Tensor();
}

TEST(DeepGraph, a_million_handles_may_outlive_their_graph_and_die_in_any_order) {
  free_in_an_odd_order();
  on_a_small_stack(free_in_an_odd_order);
}

TEST(DeepGraph, thousands_of_different_numbers_stand_beside_arrays) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size}, float64);
  Tensor y = x;
  constexpr int count = 3000;
  for (int i = 0; i < count; ++i) y = i % 3 == 0 ? elu(y + i, 1 + i) : maximum(y, i - 5000.0);
  Session session(g, {.threads = 1});
  constexpr double sum = 999.0 * 1000 / 2 * 3;
  EXPECT_EQ(to_text(session.run(y, {{x, Array({1, 2}).cast(float64)}})),
            to_text(Array({1 + sum, 2 + sum}).cast(float64)));
}

}  // namespace
}  // namespace gradus
