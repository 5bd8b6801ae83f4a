// That values stay what they are, whichever passes run.
#include <gtest/gtest.h>

#include <gradus/gradients.h>
#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/session.h>

#include "compiler/pipeline.h"
#include "runtime/support.h"

namespace gradus {
namespace {

// A training step in all rows of a batch, with each set of passes: few rows, rows that threads
// share, and rows that they share in chunks.
class PassesTrain : public testing::TestWithParam<std::int64_t> {
 protected:
  // The weights after some steps.
  Array trained(const Passes& passes) const {
    Session session(g, {.threads = 2, .passes = passes});
    for (int i = 0; i < 5; ++i) session.run(step, {{x, batch}});
    return session.value(W);
  }
  // What is made row by row of the batch.
  Array rebuilt(const Passes& passes) const {
    return Session(g, {.threads = 2, .passes = passes}).run(y, {{x, batch}});
  }

  Graph g;
  Tensor x = g.placeholder("x", {any_size, 30});
  Variable W = g.variable("W", random_array({20, 30}, "W", -0.1, 0.1, float32));
  Variable b = g.variable("b", random_array({20}, "b", -0.1, 0.1, float32));
  Tensor y = matmul(elu(matmul(x, W, {.transpose_b = true}) + b), W);
  Tensor loss = reduce_mean(reduce_sum(square(y - x), 1)) + 1e-2 * reduce_sum(square(W));
  std::vector<Tensor> d = gradients(loss, {W, b});
  Tensor step = group({assign(W, W - 1e-2 * d[0]), assign(b, b - 1e-2 * d[1])});
  Array batch = random_array({GetParam(), 30}, "x", -1, 1, float32);
};
INSTANTIATE_TEST_SUITE_P(Rows, PassesTrain, testing::Values(10, 301, 1500));

constexpr Passes no_passes{.fold_constants = false,
                           .common_subexpressions = false,
                           .simplify = false,
                           .accumulate_products = false,
                           .peephole = false,
                           .fuse_loops = false,
                           .split_rows = false};

TEST_P(PassesTrain, each_alone_and_all_together_keep_every_value) {
  const Array expected = trained(no_passes);
  std::vector<Passes> some(1);
  for (const Pass& pass : pipeline) some.emplace_back().*pass.is_on = false;
  for (const Passes& passes : some) {
    const Array found = trained(passes);
    for (std::size_t i = 0; i < found.values<float>().size(); ++i)
      ASSERT_NEAR(found.values<float>()[i], expected.values<float>()[i], 2e-7);
  }
}

TEST_P(PassesTrain, those_that_only_move_work_keep_every_bit) {
  EXPECT_EQ(trained({.fold_constants = false}), trained({}));
  EXPECT_EQ(trained({.common_subexpressions = false}), trained({}));
  EXPECT_EQ(trained({.peephole = false}), trained({}));
  EXPECT_EQ(rebuilt({.fuse_loops = false}), rebuilt({}));
  EXPECT_EQ(rebuilt({.split_rows = false}), rebuilt({}));
  EXPECT_EQ(rebuilt(no_passes), rebuilt({}));
}

}  // namespace
}  // namespace gradus
