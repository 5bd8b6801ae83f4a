// That neither threads nor a batch nor the way through memory changes a bit of a result.
#include <map>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/gradients.h>
#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/session.h>

#include "runtime/support.h"

namespace gradus {
namespace {

// A training step whose products, sums and element-wise sweeps are large enough to be shared.
std::vector<Array> train(int threads, int steps, std::int64_t rows) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 190}, float32);
  const Variable W = g.variable("W", random_array({230, 190}, "W", -0.1, 0.1, float32));
  const Variable b = g.variable("b", random_array({230}, "b", -1, 1, float32));
  const Tensor h = elu(matmul(x, W, {.transpose_b = true}) + b);
  const Tensor loss = reduce_mean(reduce_sum(square(matmul(h, W) - x), 1));
  const std::vector<Tensor> d = gradients(loss, {W, b});
  const Tensor step = group({assign(W, W - 1e-4 * d[0]), assign(b, b - 1e-4 * d[1])});
  Session session(g, {.threads = threads});
  const Array batch = random_array({rows, 190}, "x", -1, 1, float32);
  std::vector<Array> results;
  for (int i = 0; i < steps; ++i) results.push_back(session.run({loss, step}, {{x, batch}})[0]);
  results.push_back(session.value(W));
  results.push_back(session.value(b));
  return results;
}

TEST(Plans, results_have_the_same_bits_for_any_number_of_threads_and_twice_in_a_row) {
  for (const std::int64_t rows : {10, 301, 1500}) {
    const std::vector<Array> alone = train(1, 3, rows);
    EXPECT_LT(alone[2].item(), alone[0].item());
    for (int threads : {1, 2, 3, 4})
      for (int again = 0; again < 2; ++again) EXPECT_EQ(train(threads, 3, rows), alone) << threads;
  }
}

// A batch whose images are columns: of one alone, to transpose is to do nothing.
TEST(Plans, columns_have_the_same_bits_in_every_batch) {
  Graph g;
  const Tensor x = g.placeholder("x", {600, any_size}, float32);
  const Variable W = g.variable("W", random_array({20, 600}, "W", -1, 1, float32));
  const Tensor y = matmul(transpose(x), W, {.transpose_b = true});
  Session session(g);
  const Array column = random_array({600, 1}, "x", -1, 1, float32);
  const std::vector<float> alone = session.run(y, {{x, column}}).to_vector<float>();
  for (const std::int64_t batch : {2, 3, 40}) {
    const Array many = session.run(broadcast_to(g.constant(column), {600, batch}));
    std::vector<float> first = session.run(y, {{x, many}}).to_vector<float>();
    first.resize(20);
    EXPECT_EQ(first, alone) << batch;
  }
}

// Two values of a stage with rows of different bytes, though the blocks of memory for them are of
// one size: the rows of one thread in the second would lie in those of another in the first.
TEST(Plans, values_whose_rows_lie_in_different_places_do_not_share_memory) {
  Graph g;
  const Tensor x = g.placeholder("x", {16, 5}), y = g.placeholder("y", {16, 5});
  const Tensor z = g.placeholder("z", {16, 30}), v = g.placeholder("v", {30, 5});
  const Tensor u = g.placeholder("u", {5, 2}), k = g.placeholder("k", {2, 3});
  const Tensor condition = exp(x) > exp(y);
  const Tensor chosen = where(condition, matmul(z, v), y);
  const PlanReport plan = Session(g, {.threads = 2})
                              .plan(matmul(matmul(chosen, u), k), {{x, Array::zeros(x.shape())},
                                                                   {y, Array::zeros(y.shape())},
                                                                   {z, Array::zeros(z.shape())},
                                                                   {v, Array::zeros(v.shape())},
                                                                   {u, Array::zeros(u.shape())},
                                                                   {k, Array::zeros(k.shape())}});
  ASSERT_EQ(plan.stages.size(), 1u);
  EXPECT_EQ(plan.stages[0].rows, 16);
  std::map<std::size_t, std::size_t> bytes_at;
  for (const PlanReport::Step& step : plan.steps)
    for (const PlanReport::Value& value : step.values)
      if (value.place == PlanReport::Value::Place::arena) {
        const std::size_t bytes =
            static_cast<std::size_t>(value.shape.element_count()) * size_of(value.dtype);
        EXPECT_EQ(bytes_at.try_emplace(value.offset, bytes).first->second, bytes) << value.name;
      }
  EXPECT_FALSE(bytes_at.empty());
}

TEST(Plans, rows_have_the_same_bits_in_chunks_as_alone) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 190}, float32);
  const Variable W = g.variable("W", random_array({230, 190}, "W", -0.1, 0.1, float32));
  const Tensor y = matmul(elu(matmul(x, W, {.transpose_b = true})), W);
  constexpr std::int64_t rows = 1500, few = 50;
  const Array numbers = random_array({rows, 190}, "x", -1, 1, float32);
  for (int threads : {1, 2}) {
    Session session(g, {.threads = threads});
    ASSERT_GT(session.plan(y, {{x, numbers}}).stages.at(0).chunks, threads);
    const Array all = session.run(y, {{x, numbers}});
    for (std::int64_t row = 0; row < rows; row += few) {
      const auto some = [&](const Array& array) {
        const auto part =
            array.values<float>().subspan(static_cast<std::size_t>(row) * 190, few * 190);
        return Array({few, 190}, std::vector<float>(part.begin(), part.end()));
      };
      EXPECT_EQ(session.run(y, {{x, some(numbers)}}), some(all)) << row;
    }
  }
}

// Nothing but a sum: its tiles are larger than those of other loops.
TEST(Plans, sums_of_what_is_in_memory_have_the_same_bits_for_any_number_of_threads) {
  for (const std::int64_t n : {513, 16'384, 16'385, 32'768, 32'769, 100'001}) {
    Graph g;
    const Tensor x = g.placeholder("x", {n}, float32);
    const Array numbers = random_array({n}, "x", -1, 1, float32);
    double sum = 0, squares = 0;
    for (const float value : numbers.values<float>()) sum += value, squares += value * value;
    std::vector<Array> alone;
    for (int threads : {1, 2, 3, 4}) {
      Session session(g, {.threads = threads});
      const std::vector<Array> sums =
          session.run({reduce_sum(x), reduce_sum(square(x))}, {{x, numbers}});
      EXPECT_NEAR(sums[0].item(), sum, 1e-6 * squares) << n;
      EXPECT_NEAR(sums[1].item(), squares, 1e-6 * squares) << n;
      if (threads == 1) alone = sums;
      EXPECT_EQ(sums, alone) << n << ", " << threads << " threads";
    }
  }
}

// Their tiles are short.
TEST(Plans, loops_over_more_than_a_cache_holds_compute_what_single_ops_do) {
  for (const Shape& shape : {Shape{1'000'003}, Shape{1501, 700}, Shape{300'001, 3}}) {
    Graph g;
    const Tensor x = g.placeholder("x", shape), y = g.placeholder("y", shape);
    const Tensor row = g.placeholder("row", {shape[shape.rank() - 1]});
    const Tensor h = elu(x * y + row), z = h - y * square(x);
    const std::vector<Tensor> elements{h, z, z * exp(-h)};
    const std::vector<Tensor> sums{reduce_sum(z), reduce_sum(square(z), -1), reduce_sum(h, 0)};
    const auto numbers = [&](const Tensor& t) {
      return random_array(t.shape(), t.name(), -1, 1, float32);
    };
    const std::vector<Feed> feeds{{x, numbers(x)}, {y, numbers(y)}, {row, numbers(row)}};
    std::vector<Tensor> all = elements;
    all.insert(all.end(), sums.begin(), sums.end());
    const std::vector<Array> apart =
        Session(g, {.threads = 1, .passes = {.fuse_loops = false}}).run(all, feeds);
    const std::vector<Array> alone = Session(g, {.threads = 1}).run(all, feeds);
    for (std::size_t i = 0; i < elements.size(); ++i)
      EXPECT_EQ(alone[i], apart[i]) << to_text(shape) << ", " << all[i].name();
    // Sums are made in another order, of up to a million numbers below 10.
    for (std::size_t i = elements.size(); i < all.size(); ++i)
      for (std::int64_t k = 0; k < alone[i].size(); ++k) {
        const double expected = apart[i].values<float>()[static_cast<std::size_t>(k)];
        EXPECT_NEAR(alone[i].values<float>()[static_cast<std::size_t>(k)], expected,
                    1e-4 * (10 + std::abs(expected)))
            << to_text(shape) << ", " << all[i].name();
      }
    for (int threads : {2, 3, 4})
      EXPECT_EQ(Session(g, {.threads = threads}).run(all, feeds), alone) << threads;
  }
}

}  // namespace
}  // namespace gradus
