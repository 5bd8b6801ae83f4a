#include <algorithm>
#include <numbers>

#include <gtest/gtest.h>

#include <gradus/gradients.h>
#include <gradus/op/records.h>

#include "core/refusal.h"
#include "ops/support.h"

namespace gradus {
namespace {

Array drawn(const Tensor& y, std::uint64_t seed, int threads = 1) {
  return Session(Graph(y.shared_state()), {.seed = seed, .threads = threads}).run(y);
}

// Computed from Philox's definition by other code: key and counter of seed 42, run 0 or 1, stream
// 0.
TEST(RandomOps, give_known_numbers_for_a_seed) {
  Graph g;
  const Tensor u = random_uniform(g, {5});
  EXPECT_EQ(drawn(u, 42), Array({0.5311998329125345, 0.5203311524819583, 0.3346856434363872,
                                 0.2695074153598398, 0.22005507233552635}));
  Session session(g, {.seed = 42, .threads = 1});
  session.run(u);
  EXPECT_EQ(session.run(u), Array({0.36659317975863814, 0.10217756172642112, 0.7930330776143819,
                                   0.44559631776064634, 0.06712631694972515}));
  Graph h;
  expect_close(
      drawn(random_normal(h, {4}), 42),
      {-1.2208874952604476, -0.15681547284940126, -0.11037434127773994, 0.8959959662613826}, 1,
      "normal");
  Graph i;
  EXPECT_EQ(drawn(random_uniform(i, {2}, 0, 1, float64), 42),
            Array({0.5311998330336835, 0.33468564349913676}, float64));
  Graph k;
  EXPECT_EQ(to_text(drawn(random_bernoulli(k, {4}), 42)), "[false, false, true, true]");
}

TEST(RandomOps, differ_by_node_run_and_seed) {
  Graph g;
  const Tensor a = random_uniform(g, {100}), b = random_uniform(g, {100});
  Session session(g, {.seed = 3, .threads = 1});
  const std::vector<Array> first = session.run({a, b}), second = session.run({a, b});
  EXPECT_NE(first[0], first[1]);
  EXPECT_NE(first[0], second[0]);
  EXPECT_NE(first[0], drawn(a, 4));
  EXPECT_EQ(first[0], drawn(a, 3));
}

TEST(RandomOps, are_one_value_within_a_run) {
  Graph g;
  const Tensor a = random_normal(g, {100});
  EXPECT_EQ(drawn(a - a, 1), Array::zeros({100}));
}

TEST(RandomOps, have_the_same_bits_for_any_number_of_threads) {
  Graph g;
  const Tensor all[] = {random_uniform(g, {300, 101}), random_normal(g, {30301}, 1, 2, float64),
                        random_bernoulli(g, {3, 10101}, 0.3)};
  for (const Tensor& y : all) {
    const Array one = drawn(y, 7);
    for (int threads : {2, 3, 4}) EXPECT_EQ(drawn(y, 7, threads), one) << threads;
  }
}

TEST(RandomOps, of_a_shorter_shape_begin_in_the_same_way) {
  Graph g, h;
  EXPECT_EQ(drawn(random_normal(g, {10001}), 7).rows(0, 5), drawn(random_normal(h, {5}), 7));
}

// The largest distance between the distribution of the numbers and f, times sqrt(n): above 1.63 in
// one case of a hundred (Kolmogorov).
template <class F>
double distance(const Array& y, F f) {
  std::vector<double> x = y.cast(float64).to_vector<double>();
  std::ranges::sort(x);
  double largest = 0;
  const auto n = static_cast<double>(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double p = f(x[i]), below = static_cast<double>(i) / n;
    largest = std::max({largest, p - below, below + 1 / n - p});
  }
  return largest * std::sqrt(n);
}

TEST(RandomOps, uniform_numbers_are_distributed_so) {
  for (DType dtype : {float32, float64}) {
    Graph g;
    const Array y = drawn(random_uniform(g, {100000}, -1, 3, dtype), 5);
    EXPECT_LT(distance(y, [](double x) { return (x + 1) / 4; }), 1.63);
    EXPECT_GT(distance(y, [](double x) { return (x + 1.05) / 4; }), 1.63);
  }
}

TEST(RandomOps, normal_numbers_are_distributed_so) {
  for (DType dtype : {float32, float64}) {
    Graph g;
    const Array y = drawn(random_normal(g, {100000}, 2, 0.5, dtype), 5);
    const auto normal = [](double x) {
      return std::erfc(-(x - 2) / 0.5 / std::numbers::sqrt2) / 2;
    };
    EXPECT_LT(distance(y, normal), 1.63);
    double mean = 0, variance = 0;
    for (long double v : elements(y)) mean += static_cast<double>(v) / 1e5;
    for (long double v : elements(y)) variance += std::pow(static_cast<double>(v) - mean, 2) / 1e5;
    EXPECT_NEAR(mean, 2, 3 * 0.5 / std::sqrt(1e5));
    EXPECT_NEAR(variance, 0.25, 3 * 0.25 * std::sqrt(2 / 1e5));
  }
}

TEST(RandomOps, neighbouring_numbers_are_independent) {
  Graph g;
  const std::vector<float> x = drawn(random_uniform(g, {100000}), 5).to_vector<float>();
  std::vector<double> cells(100);
  for (std::size_t i = 0; i + 1 < x.size(); i += 2)
    ++cells[static_cast<std::size_t>(x[i] * 10) * 10 + static_cast<std::size_t>(x[i + 1] * 10)];
  double chi_square = 0;
  for (double count : cells) chi_square += (count - 500) * (count - 500) / 500;
  EXPECT_LT(chi_square, 134.6);  // 99 degrees of freedom: one case of a hundred lies above
  EXPECT_GT(chi_square, 69.2);   // and one below
}

TEST(RandomOps, bernoulli_is_true_as_often_as_it_should_be) {
  Graph g;
  for (double p : {0.0, 0.1, 0.5, 1.0}) {
    const Tensor y = reduce_mean(cast(random_bernoulli(g, {100000}, p), float64));
    EXPECT_NEAR(drawn(y, 5).item<double>(), p, 3 * std::sqrt(p * (1 - p) / 1e5)) << p;
  }
}

TEST(RandomOps, uniform_numbers_never_reach_their_upper_end) {
  Graph g;
  const Array y = drawn(random_uniform(g, {100000}, 1, 1.0000002), 5);
  for (float v : y.values<float>()) EXPECT_TRUE(v == 1 || v == 1.00000012f) << v;
}

TEST(RandomOps, of_no_element_or_no_axis_are_made) {
  Graph g;
  EXPECT_EQ(drawn(random_normal(g, {0, 3}), 1).shape(), (Shape{0, 3}));
  EXPECT_EQ(drawn(random_bernoulli(g, {}, 1), 1).item<bool>(), true);
}

TEST(RandomOps, take_a_shape_that_only_the_run_knows) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 2}, float64);
  const Tensor u = random_uniform_like(x, 2, 3), b = random_bernoulli_like(x, 1);
  EXPECT_EQ(u.shape(), (Shape{any_size, 2}));
  EXPECT_EQ(b.dtype(), boolean);
  const Array y = value(u, {{x, Array::zeros({5, 2}, float64)}});
  EXPECT_EQ(y.shape(), (Shape{5, 2}));
  for (double v : y.values<double>()) EXPECT_TRUE(v >= 2 && v < 3) << v;
  const Tensor dx = gradients(reduce_sum(x * random_normal_like(x, 4, 0)), {x})[0];
  EXPECT_EQ(value(dx, {{x, Array::zeros({1, 2}, float64)}}), Array({{4, 4}}, float64));
}

TEST(RandomOps, are_marked) {
  EXPECT_TRUE(random_uniform_op.is_random && random_normal_op.is_random);
  EXPECT_TRUE(random_bernoulli_op.is_random);
  EXPECT_FALSE(add_op.is_random);
}

TEST(Dropout, keeps_the_mean_and_gives_each_gradient_its_own_mask) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 1000});
  const Tensor y = dropout(x, 0.75);
  const std::vector<Array> run =
      Session(g, {.seed = 2, .threads = 2})
          .run({y, gradients(reduce_sum(y), {x})[0]}, {{x, Array::full({50, 1000}, 1)}});
  EXPECT_EQ(run[0], run[1]);
  double sum = 0;
  for (float v : run[0].values<float>()) {
    EXPECT_TRUE(v == 0 || v == 4) << v;
    sum += v;
  }
  EXPECT_NEAR(sum / 50000, 1, 3 * std::sqrt(3 / 50000.0));
}

TEST(Dropout, of_infinity_gives_0_or_infinity) {
  Graph g;
  const Array y = drawn(dropout(g.constant(Array::full({100}, 1 / 0.0)), 0.5), 2);
  for (float v : y.values<float>()) EXPECT_FALSE(std::isnan(v));
}

}  // namespace
}  // namespace gradus
