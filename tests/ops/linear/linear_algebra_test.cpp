#include <cmath>

#include <gtest/gtest.h>

#include <gradus/gradients.h>

#include "ops/support.h"

namespace gradus {
namespace {

TEST(Einsum, of_a_trace_has_slope_1_on_the_diagonal_and_ignores_what_is_off_it) {
  Graph g;
  const Tensor x = g.constant({{1.0, std::nan("")}, {3.0, 4.0}});
  const Tensor trace = einsum("ii", {x});
  EXPECT_EQ(value(trace), Array(5));
  EXPECT_EQ(value(gradients(trace, {x})[0]), Array({{1, 0}, {0, 1}}));
}

TEST(Einsum, multiplies_any_number_of_operands) {
  Graph g;
  const Tensor a = g.constant({{1, 2}, {3, 4}}), x = g.constant({1, 10});
  EXPECT_EQ(value(einsum("i,ij,j->", {x, a, x})), Array(451));
  EXPECT_EQ(value(einsum("ij->ji", {a})), Array({{1, 3}, {2, 4}}));
  EXPECT_EQ(value(einsum("ij,ij->ij", {a, a})), Array({{1, 4}, {9, 16}}));
}

TEST(BatchedMatmul, has_the_same_bits_for_any_number_of_threads) {
  Graph g;
  const Tensor a = g.placeholder("a", {any_size, 40, 50}),
               b = g.placeholder("b", {any_size, any_size, 50, 30});
  const Tensor c = matmul(a, b);
  Session one(g, {.threads = 1}), three(g, {.threads = 3});
  for (const std::int64_t batches : {2, 7}) {
    const std::vector<Feed> feeds{{a, sample({batches, 40, 50}, float32, 1)},
                                  {b, sample({1, batches, 50, 30}, float32, 2)}};
    EXPECT_EQ(one.run(c, feeds), three.run(c, feeds));
  }
}

}  // namespace
}  // namespace gradus
