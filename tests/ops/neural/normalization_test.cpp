#include "ops/wrong_input.h"

#include <gtest/gtest.h>

namespace gradus {
namespace {

using Normalization = WrongInput;

TEST_F(Normalization, epsilon_and_delta_out_of_range_are_refused) {
  EXPECT_EQ(refusal<GraphError>([&] { l2_normalize(m, 1, -1); }),
            "l2_normalize: epsilon must be finite and 0 or more in float32, got -1\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { layer_norm(m, 1, 0, std::nan("")); }),
            "layer_norm: epsilon must be finite and 0 or more in float32, got nan\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { batch_norm(m, 1, 0, -0.5); }),
            "batch_norm: epsilon must be finite and 0 or more in float32, got -0.5\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { batch_norm(m, 1, 0, 1e300); }),
            "batch_norm: epsilon must be finite and 0 or more in float32, got 1e+300\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { huber(m, m, HUGE_VAL); }),
            "huber: delta must be finite and above 0 in float32, got inf\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { huber(m, m, 0); }),
            "huber: delta must be finite and above 0 in float32, got 0\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { huber(m, m, std::nan("")); }),
            "huber: delta must be finite and above 0 in float32, got nan\n  at  here");
  EXPECT_EQ(g.node_count(), nodes);
}

TEST_F(Normalization, of_what_is_no_tensor_of_floats_is_refused) {
  EXPECT_EQ(refusal<DTypeError>([&] { l2_normalize(i); }),
            "l2_normalize: needs float32 or float64, got int32\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { dropout(c, 0.5); }),
            "dropout: needs float32 or float64, got bool\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { layer_norm(2, m, 0); }),
            "layer_norm: operand x is a number\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { mean_squared_error(m, Tensor()); }),
            "mean_squared_error: operand y_pred is an empty Tensor\n  at  here");
  EXPECT_EQ(g.node_count(), nodes);
}

TEST_F(Normalization, a_scalar_has_no_channels) {
  EXPECT_EQ(refusal<ShapeError>([&] { batch_norm(s, 1, 0); }),
            "batch_norm: a scalar has no channels\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { layer_norm(s, 1, 0); }),
            "reduce_mean: axis -1 of a scalar\n"
            "  at  here, node \"reduce_mean\"\n"
            "  x   \"s\"  float32 []");
}

TEST_F(Normalization, a_batch_of_unknown_size_is_normalized_with_its_own_moments) {
  const Tensor rows = g.placeholder("rows", {any_size, 2});
  const auto [y, mean, variance] = batch_norm(rows, 1, 0, 0);
  const Array batch({{1, 2}, {3, 8}});
  EXPECT_EQ(value(y, {{rows, batch}}), Array({{-1, -1}, {1, 1}}));
  EXPECT_EQ(value(mean, {{rows, batch}}), Array({2, 5}));
  EXPECT_EQ(value(variance, {{rows, batch}}), Array({1, 9}));
}

TEST_F(Normalization, a_row_of_zeros_stays_so) {
  EXPECT_EQ(value(l2_normalize(g.constant({{0, 0}, {0, 2}}), 1)), Array({{0, 0}, {0, 1}}));
}

}  // namespace
}  // namespace gradus
