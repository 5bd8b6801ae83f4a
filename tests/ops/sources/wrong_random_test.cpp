#include "ops/wrong_input.h"

#include <gtest/gtest.h>

namespace gradus {
namespace {

using WrongRandom = WrongInput;

TEST_F(WrongRandom, dropout_refuses_rates_out_of_range) {
  EXPECT_EQ(refusal<GraphError>([&] { dropout(m, 1); }),
            "dropout: rate must be at least 0 and below 1, got 1\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { dropout(m, -0.1); }),
            "dropout: rate must be at least 0 and below 1, got -0.1\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { dropout(m, std::nan("")); }),
            "dropout: rate must be at least 0 and below 1, got nan\n  at  here");
  EXPECT_EQ(g.node_count(), nodes);
}

TEST_F(WrongRandom, distributions_refuse_what_is_none) {
  EXPECT_EQ(refusal<GraphError>([&] { random_uniform(g, {2}, 1, 1); }),
            "random_uniform: there are no numbers from 1 to 1\n"
            "  at  here, node \"random_uniform\"");
  EXPECT_EQ(refusal<GraphError>([&] { random_uniform_like(m, 0, std::nan("")); }),
            "random_uniform: there are no numbers from 0 to nan\n"
            "  at  here, node \"random_uniform\"\n"
            "  [0]   \"m\"  float32 [2, 3]");
  EXPECT_EQ(refusal<GraphError>([&] { random_uniform(g, {2}, -1e308, 1e308); }),
            "random_uniform: there are no numbers from -1e+308 to 1e+308\n"
            "  at  here, node \"random_uniform\"");
  EXPECT_EQ(refusal<GraphError>([&] { random_uniform(g, {2}, 0, 1e300); }),
            "random_uniform: there are no numbers from 0 to 1e+300\n"
            "  at  here, node \"random_uniform\"");
  EXPECT_EQ(refusal<GraphError>([&] { random_normal(g, {2}, 0, 1e300); }),
            "random_normal: there is no normal distribution of mean 0 and stddev 1e+300\n"
            "  at  here, node \"random_normal\"");
  EXPECT_EQ(refusal<GraphError>([&] { random_normal(g, {2}, 0, -1); }),
            "random_normal: there is no normal distribution of mean 0 and stddev -1\n"
            "  at  here, node \"random_normal\"");
  EXPECT_EQ(refusal<GraphError>([&] { random_bernoulli(g, {2}, 1.5); }),
            "random_bernoulli: a probability must be from 0 to 1, got 1.5\n"
            "  at  here, node \"random_bernoulli\"");
  EXPECT_EQ(g.node_count(), nodes);
}

TEST_F(WrongRandom, unknown_shapes_are_refused_but_from_a_model) {
  EXPECT_EQ(refusal<ShapeError>([&] {
              random_normal(g, {any_size, 3});
            }),
            "random_normal: the shape must be known, got [?, 3]\n"
            "  at  here, node \"random_normal\"");
  EXPECT_EQ(random_normal_like(x).shape(), x.shape());
}

TEST_F(WrongRandom, numbers_are_floats) {
  EXPECT_EQ(refusal<DTypeError>([&] { random_uniform(g, {2}, 0, 9, int32); }),
            "random_uniform: gives float32 or float64, not int32\n"
            "  at  here, node \"random_uniform\"");
  EXPECT_EQ(refusal<DTypeError>([&] { random_normal_like(i); }),
            "random_normal: gives float32 or float64, not int32\n"
            "  at  here, node \"random_normal\"\n"
            "  [0]   \"i\"  int32 [2, 3]");
  EXPECT_EQ(refusal<GraphError>([&] { random_normal_like(2); }),
            "random_normal: no operand is a tensor\n  at  here");
}

}  // namespace
}  // namespace gradus
