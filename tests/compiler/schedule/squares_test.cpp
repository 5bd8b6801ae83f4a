// Sums of squares of a weight beside the product that reads it.
#include <algorithm>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/gradients.h>
#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/session.h>

#include "runtime/support.h"

namespace gradus {
namespace {

// A layer whose weight decays: [columns, depth], and built before its product or behind it.
struct Layer {
  explicit Layer(DType dtype, bool decay_is_first = true, std::int64_t columns = 40)
      : x(g.placeholder("x", {any, depth}, dtype)),
        W(g.variable("W", random_array({columns, depth}, "W", -1, 1, dtype))) {
    if (decay_is_first) decay = reduce_sum(square(W));
    h = matmul(x, W, {.transpose_b = true});
    if (!decay_is_first) decay = reduce_sum(square(W));
    loss = reduce_sum(tanh(h)) + 0.5 * decay;
  }
  std::vector<Feed> feeds(std::int64_t rows) const {
    return {{x, random_array({rows, depth}, "x", -1, 1, x.dtype())}};
  }

  static constexpr std::int64_t depth = 1300;  // in two slices
  Graph g;
  Tensor x;
  Variable W;
  Tensor decay, h, loss;
};

// Values of the first product of a plan.
std::size_t values_of_product(const Graph& g, const Tensor& fetch, const std::vector<Feed>& feeds) {
  const PlanReport plan = Session(g, {.threads = 1}).plan(fetch, feeds);
  const auto product = std::ranges::find(plan.steps, "product", &PlanReport::Step::kernel);
  return product == plan.steps.end() ? 0 : product->values.size();
}

TEST(Passes, fuse_sums_the_squares_of_a_weight_beside_its_product) {
  for (const bool decay_is_first : {true, false}) {
    const Layer layer(float32, decay_is_first);
    const PlanReport plan = Session(layer.g, {.threads = 1}).plan(layer.loss, layer.feeds(10));
    ASSERT_EQ(plan.steps[0].kernel, "product");
    ASSERT_EQ(plan.steps[0].values.size(), 2u);
    EXPECT_EQ(plan.steps[0].values[0].formula, "reduce_sum_square(W, axes=all, keepdims=false)");
    EXPECT_EQ(plan.steps[0].name(), "matmul (+1)");
    EXPECT_EQ(plan.steps[0].flops, 2 * 11 * 40 * Layer::depth);
    EXPECT_EQ(plan.steps[0].bytes, 4 * (10 * Layer::depth + 40 * Layer::depth + 10 * 40 + 1));
  }
}

TEST(Passes, fuse_sums_no_squares_beside_a_product_that_cannot) {
  const Layer layer(float32), of_one(float32, true, 1);
  EXPECT_EQ(values_of_product(layer.g, layer.loss, layer.feeds(15)), 2u);
  EXPECT_EQ(values_of_product(layer.g, layer.loss, layer.feeds(16)), 1u);
  EXPECT_EQ(values_of_product(layer.g, layer.loss, layer.feeds(0)), 1u);
  EXPECT_EQ(values_of_product(of_one.g, of_one.loss, of_one.feeds(10)), 1u);

  Graph g;
  const Variable W = g.variable("W", random_array({600, 600}, "W", -1, 1, float32));
  const Tensor x = g.placeholder("x", {10, 600}), decay = reduce_sum(square(W));
  const std::vector<Feed> feeds{{x, Array({10, 600})}};
  const Tensor along = matmul(x, W, {.transpose_b = true}), across = matmul(x, W);
  EXPECT_EQ(values_of_product(g, reduce_sum(along) + decay, feeds), 2u);
  EXPECT_EQ(values_of_product(g, reduce_sum(across) + decay, feeds), 1u);
  // Some of the sums alone.
  EXPECT_EQ(values_of_product(g, reduce_sum(along + reduce_sum(square(W), 0)), feeds), 1u);
  // The product waits for the sum.
  EXPECT_EQ(values_of_product(g, matmul(x / decay, W, {.transpose_b = true}), feeds), 1u);
  // Whose squares are read by an earlier step than the product, which waits for that.
  const Tensor scale = softmax(reshape(decay, {1, 1}));
  EXPECT_EQ(values_of_product(g, matmul(x * scale, W, {.transpose_b = true}), feeds), 1u);
}

TEST(SquaresBesideProducts, are_the_sum_with_the_same_bits_for_any_number_of_threads) {
  for (const DType dtype : {float32, float64})
    for (const std::int64_t rows : {1, 3, 4, 10, 15})
      for (const bool decay_is_first : {true, false}) {
        const Layer layer(dtype, decay_is_first, 301);
        const std::vector<Tensor> fetches{layer.loss, layer.decay, layer.h};
        const std::vector<Array> apart = Session(layer.g, {.threads = 1, .passes = {.fuse = false}})
                                             .run(fetches, layer.feeds(rows));
        std::vector<Array> alone;
        for (const int threads : {1, 2, 3, 4}) {
          Session session(layer.g, {.threads = threads});
          const std::vector<Array> found = session.run(fetches, layer.feeds(rows));
          if (threads == 1) alone = found;
          EXPECT_EQ(found, alone) << threads << " threads";
          EXPECT_EQ(session.run(fetches, layer.feeds(rows)), alone);
        }
        EXPECT_EQ(alone[2], apart[2]);
        for (const std::size_t i : {0u, 1u})
          EXPECT_NEAR(alone[i].item(), apart[i].item(), 1e-6 * apart[i].item()) << rows;
      }
}

// The old value counts, whoever else reads and writes the weight.
TEST(SquaresBesideProducts, are_of_the_weight_before_its_step) {
  Layer layer(float64);
  const Tensor next = layer.W - 1e-3 * gradient(layer.loss, layer.W);
  const Variable last = layer.g.variable("last", Array(Shape{}, float64));
  const Tensor step = group({assign(layer.W, next), assign(last, layer.decay)});
  Session fused(layer.g), apart(layer.g, {.passes = {.fuse = false}});
  for (int i = 0; i < 3; ++i) {
    const double before = apart.run(layer.decay).item();
    for (Session* session : {&fused, &apart}) session->run({layer.loss, step}, layer.feeds(10));
    EXPECT_NEAR(fused.value(last).item(), before, 1e-12 * before);
  }
  const Array W = fused.value(layer.W), expected = apart.value(layer.W);
  for (std::size_t i = 0; i < W.values<double>().size(); ++i)
    ASSERT_NEAR(W.values<double>()[i], expected.values<double>()[i], 1e-12);
}

TEST(Passes, fuse_adds_up_squares_when_all_parts_are_done) {
  const Layer layer(float32);
  for (const int threads : {1, 2}) {
    const Profile profile =
        Session(layer.g, {.threads = threads}).profile(layer.loss, layer.feeds(10), 3);
    ASSERT_EQ(profile.plan.steps[0].kernel, "product");
    std::int64_t done = 0, added_up = 0;
    for (const Profile::Event& event : profile.events)
      if (event.kind == Profile::Event::Kind::step && event.number == 0) {
        done = event.end;
      } else if (event.kind == Profile::Event::Kind::sums && event.number == 0) {
        ++added_up;
        EXPECT_GE(event.begin, done);
      }
    EXPECT_EQ(added_up, 3);
  }
}

// Fed, computed, of one weight twice, and beside rows of several axes.
TEST(SquaresBesideProducts, are_those_of_what_the_product_reads) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 3, 600}), W = g.placeholder("W", {30, 600});
  const Tensor V = tanh(W);
  const std::vector<Tensor> fetches{reduce_sum(square(W)),
                                    reduce_sum(square(W), std::vector<std::int64_t>{0, 1}, true),
                                    matmul(x, W, {.transpose_b = true}),
                                    matmul(x, V, {.transpose_b = true}),
                                    reduce_sum(square(V)),
                                    reduce_sum(square(W))};
  const std::vector<Feed> feeds{{x, random_array({2, 3, 600}, "x", -1, 1, float32)},
                                {W, random_array({30, 600}, "W", -1, 1, float32)}};
  const std::vector<Array> found = Session(g, {.threads = 2}).run(fetches, feeds);
  const std::vector<Array> apart = Session(g, {.passes = {.fuse = false}}).run(fetches, feeds);
  for (const std::size_t i : {2u, 3u}) EXPECT_EQ(found[i], apart[i]);
  for (const std::size_t i : {0u, 1u, 4u, 5u}) {
    EXPECT_EQ(found[i].shape(), apart[i].shape());
    EXPECT_NEAR(found[i].item(), apart[i].item(), 1e-6 * apart[i].item()) << i;
  }
}

TEST(SquaresBesideProducts, are_there_for_all_weights_and_views_of_them) {
  Graph g;
  const Tensor x = g.placeholder("x", {5, 600});
  const Variable V = g.variable("V", random_array({30, 600}, "V", -1, 1, float32)),
                 W = g.variable("W", random_array({60, 300}, "W", -1, 1, float32));
  const Tensor as_matrix = reshape(W, {30, 600});
  const Tensor h =
      matmul(x, V, {.transpose_b = true}) + matmul(x, as_matrix, {.transpose_b = true});
  const Tensor h_2 = matmul(2 * x, V, {.transpose_b = true});
  const Tensor decay = reduce_sum(square(V)) + 3 * reduce_sum(square(W));
  const std::vector<Tensor> fetches{tanh(h), tanh(h_2), decay, exp(decay / 1e5)};
  const std::vector<Feed> feeds{{x, random_array({5, 600}, "x", -1, 1, float32)}};
  const std::vector<Array> found = Session(g, {.threads = 2}).run(fetches, feeds);
  const std::vector<Array> apart = Session(g, {.passes = {.fuse = false}}).run(fetches, feeds);
  EXPECT_EQ(found[0], apart[0]);
  EXPECT_EQ(found[1], apart[1]);
  for (const std::size_t i : {2u, 3u})
    EXPECT_NEAR(found[i].item(), apart[i].item(), 1e-6 * apart[i].item());
}

}  // namespace
}  // namespace gradus
