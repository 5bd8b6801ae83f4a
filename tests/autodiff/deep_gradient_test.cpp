// Graphs far larger than any model: ids, sums and names hold, and memory suffices.
#include <gtest/gtest.h>

#include <gradus/gradients.h>
#include <gradus/graph.h>
#include <gradus/ops.h>

namespace gradus {
namespace {

TEST(DeepGradient, slow_a_chain_of_ten_million_pairs_is_differentiated) {
  constexpr int pairs = 10'000'000;
  Graph g;
  const Tensor x = g.placeholder("x", {1});
  Tensor y = x;
  for (int i = 0; i < pairs; ++i) y = elu(y + 0.5);
  const Tensor dx = gradient(reduce_sum(y), x);
  // Beside two nodes forward and one back for each pair: x, 0.5, the sum, its seed and its
  // gradient.
  EXPECT_EQ(g.node_count(), 3 * std::int64_t{pairs} + 5);
  EXPECT_EQ(y.name(), "elu_9999999");
  EXPECT_EQ(dx.name(), "gradients/elu_grad_9999999");
}

}  // namespace
}  // namespace gradus
