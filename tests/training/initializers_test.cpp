#include <cmath>

#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "core/refusal.h"
#include "support/error_text.h"

namespace gradus {
namespace {

struct Statistics {
  double mean = 0, deviation = 0, low = 0, high = 0;
};

Statistics statistics(const Initializer& initializer) {
  Random random(7, "statistics");
  const Array values = initializer.make(random).cast(float64);
  Statistics s;
  s.low = s.high = values.values<double>()[0];
  double squares = 0;
  for (double v : values.values<double>()) {
    s.mean += v;
    squares += v * v;
    s.low = std::min(s.low, v);
    s.high = std::max(s.high, v);
  }
  const auto n = static_cast<double>(values.size());
  s.mean /= n;
  s.deviation = std::sqrt(squares / n - s.mean * s.mean);
  return s;
}

const Shape shape{300, 500};  // units, inputs

TEST(Initializers, constants_are_constant) {
  Random random(1, "w");
  EXPECT_EQ(to_text(zeros({2, 2}).make(random)), "[[0, 0], [0, 0]]");
  EXPECT_EQ(to_text(ones({2}, float64).make(random)), "[1, 1]");
  EXPECT_EQ(to_text(constant({2}, 7, int64).make(random)), "[7, 7]");
}

TEST(Initializers, uniform_fills_its_interval) {
  const Statistics s = statistics(uniform(shape, -1, 3));
  EXPECT_NEAR(s.mean, 1, 0.01);
  EXPECT_NEAR(s.deviation, 4 / std::sqrt(12.0), 0.01);
  EXPECT_GE(s.low, -1);
  EXPECT_LE(s.high, 3);
}

TEST(Initializers, normal_has_mean_and_deviation) {
  const Statistics s = statistics(normal(shape, 2, 0.5));
  EXPECT_NEAR(s.mean, 2, 0.005);
  EXPECT_NEAR(s.deviation, 0.5, 0.005);
  EXPECT_GT(s.high, 2 + 4 * 0.5);
}

TEST(Initializers, truncated_normal_stays_within_two_deviations) {
  const Statistics s = statistics(truncated_normal(shape, 2, 0.5));
  EXPECT_NEAR(s.mean, 2, 0.005);
  EXPECT_NEAR(s.deviation, 0.5 * 0.87962566103423978, 0.005);
  EXPECT_GE(s.low, 1);
  EXPECT_LE(s.high, 3);
}

TEST(Initializers, glorot_and_he_have_the_variances_of_their_papers) {
  EXPECT_NEAR(statistics(glorot_uniform(shape)).deviation, std::sqrt(2.0 / 800), 2e-4);
  EXPECT_LE(statistics(glorot_uniform(shape)).high, std::sqrt(6.0 / 800));
  EXPECT_NEAR(statistics(glorot_normal(shape)).deviation, std::sqrt(2.0 / 800), 2e-4);
  EXPECT_NEAR(statistics(he_uniform(shape)).deviation, std::sqrt(2.0 / 500), 2e-4);
  EXPECT_NEAR(statistics(he_normal(shape, float64)).deviation, std::sqrt(2.0 / 500), 2e-4);
}

// keras.initializers, of Dense's kernel (500, 300) and of Conv2D's (3, 3, 64, 128): the fans are
// (500, 300) and (576, 1152).
TEST(Initializers, have_the_variances_of_keras_for_its_layouts) {
  const Layout layout = Layout::inputs_units;
  EXPECT_NEAR(statistics(he_normal({500, 300}, layout)).deviation, std::sqrt(2.0 / 500), 2e-4);
  EXPECT_NEAR(statistics(he_uniform({500, 300}, layout)).deviation, std::sqrt(2.0 / 500), 2e-4);
  EXPECT_LE(statistics(he_uniform({500, 300}, layout)).high, std::sqrt(6.0 / 500));
  const Shape filters{3, 3, 64, 128};
  EXPECT_NEAR(statistics(he_normal(filters)).deviation, std::sqrt(2.0 / 576), 2e-4);
  EXPECT_EQ(statistics(he_normal(filters)).deviation,
            statistics(he_normal(filters, layout)).deviation);
  EXPECT_NEAR(statistics(glorot_uniform(filters)).high, std::sqrt(6.0 / 1728), 1e-4);
  EXPECT_NEAR(statistics(glorot_normal(filters)).deviation, std::sqrt(2.0 / 1728), 2e-4);
}

TEST(Initializers, have_the_variances_of_pytorch_for_its_layout) {
  const Shape filters{128, 64, 3, 3};
  EXPECT_NEAR(statistics(he_normal(filters, Layout::units_inputs)).deviation, std::sqrt(2.0 / 576),
              2e-4);
  EXPECT_NEAR(statistics(he_uniform({20000})).deviation, std::sqrt(2.0 / 20000), 1e-4);
}

TEST(Initializers, the_same_seed_and_name_give_the_same_bits_whatever_else_is_in_the_graph) {
  const auto first_value = [](bool has_others, std::uint64_t seed) {
    Graph g;
    if (has_others) g.variable("a", glorot_uniform({3, 3}));
    Variable w = g.variable("w", glorot_uniform({4, 5}));
    Session session(g, {.seed = seed});
    if (has_others) session.value(g.variable("b", normal({2})));
    return session.value(w);
  };
  EXPECT_EQ(first_value(false, 1), first_value(true, 1));
  EXPECT_NE(first_value(false, 1), first_value(false, 2));
}

// Rows or columns, whichever are fewer; of more axes than two, all but the first are columns.
TEST(Initializers, orthogonal_vectors_are_perpendicular_and_of_one_length) {
  for (const Shape& of_W : {Shape{3, 5}, Shape{40, 7}, Shape{4, 4}, Shape{2, 3, 2}, Shape{1, 1}}) {
    Random random(3, "orthogonal");
    const Array W = orthogonal(of_W, 2, float64).make(random);
    ASSERT_EQ(W.shape(), of_W);
    const std::int64_t rows = of_W[0], columns = W.size() / rows;
    const std::span<const double> w = W.values<double>();
    const bool by_rows = rows <= columns;
    const std::int64_t count = std::min(rows, columns), size = std::max(rows, columns);
    const auto element = [&](std::int64_t vector, std::int64_t k) {
      return w[static_cast<std::size_t>(by_rows ? vector * columns + k : k * columns + vector)];
    };
    for (std::int64_t i = 0; i < count; ++i)
      for (std::int64_t j = 0; j <= i; ++j) {
        double product = 0;
        for (std::int64_t k = 0; k < size; ++k) product += element(i, k) * element(j, k);
        EXPECT_NEAR(product, i == j ? 4 : 0, 1e-12) << to_text(of_W) << i << j;
      }
  }
  Random random(3, "orthogonal");
  EXPECT_EQ(orthogonal({0, 4}).make(random).size(), 0);
  EXPECT_EQ(refusal<ShapeError>([] { orthogonal({4}); }),
            "orthogonal: needs two axes or more, got [4]\n  at  here");
  EXPECT_EQ(refusal<GraphError>([] {
              orthogonal({4, 4}, NAN);
            }),
            "orthogonal: the gain is nan, no finite number\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([] {
              orthogonal({4, 4}, 1, int32);
            }),
            "orthogonal: needs float32 or float64, got int32\n  at  here");
}

TEST(Initializers, integers_cannot_be_drawn) {
  EXPECT_EQ(refusal<DTypeError>([] {
              glorot_uniform({2, 2}, int32);
            }),
            "glorot_uniform: needs float32 or float64, got int32\n  at  here");
}

TEST(Initializers, numbers_that_they_cannot_have_are_refused) {
  EXPECT_EQ(refusal<DTypeError>([] { constant({}, 2.7, int64); }),
            "constant: 2.7 is no int64\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([] { zeros({}, DType{77}); }),
            "constant: 77 is no dtype\n  at  here");
  EXPECT_EQ(refusal<GraphError>([] { uniform({}, 1, 0); }),
            "uniform: there are no numbers from 1 to 0\n  at  here");
  EXPECT_EQ(refusal<GraphError>([] { uniform({}, 0, std::nan("")); }),
            "uniform: there are no numbers from 0 to nan\n  at  here");
  EXPECT_EQ(refusal<GraphError>([] { normal({}, 0, -1); }),
            "normal: there is no distribution of mean 0 and stddev -1\n  at  here");
  EXPECT_EQ(refusal<GraphError>([] { truncated_normal({}, HUGE_VAL); }),
            "truncated_normal: there is no distribution of mean inf and stddev 0.05\n  at  here");
}

}  // namespace
}  // namespace gradus
