#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include <gradus/gradients.h>

#include "ops/support.h"

namespace gradus {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

Array slope(const Tensor& y, const Tensor& x) { return value(gradients(reduce_sum(y), {x})[0]); }

TEST(ReduceProd, has_the_right_slope_beside_one_zero_and_beside_two) {
  Graph g;
  const Tensor x = g.constant({{2, 0, 4}, {0, 3, 0}, {2, 3, 4}});
  EXPECT_EQ(slope(reduce_prod(x, 1), x), Array({{0, 8, 0}, {0, 0, 0}, {12, 8, 6}}));
  const Tensor cube = g.constant({{{2, 3}, {5, 0}}});
  EXPECT_EQ(slope(reduce_prod(cube, {0, 2}), cube), Array({{{3, 2}, {0, 5}}}));
}

TEST(Cumprod, has_the_right_slope_beside_zeros) {
  Graph g;
  const Tensor x = g.constant({2, 0, 3, 0});
  EXPECT_EQ(slope(cumprod(x), x), Array({1, 8, 0, 0}));
}

TEST(Reductions, of_nothing_are_their_identities) {
  Graph g;
  EXPECT_EQ(value(reduce_prod(g.constant(Array::zeros({0})))), Array(1));
  EXPECT_EQ(value(reduce_any(g.constant(Array::zeros({0}, boolean)))), Array(0, boolean));
  EXPECT_EQ(value(reduce_all(g.constant(Array::zeros({0}, boolean)))), Array(1, boolean));
}

TEST(ReduceMin, shares_its_slope_among_equals_and_is_nan_if_any_is) {
  Graph g;
  const Tensor x = g.constant({1, 3, 1});
  EXPECT_EQ(slope(reduce_min(x), x), Array({0.5, 0, 0.5}));
  EXPECT_TRUE(std::isnan(value(reduce_min(g.constant({1.0, std::nan("")}))).item()));
}

TEST(Argmin, is_the_first_of_the_smallest_and_takes_nan_for_it) {
  Graph g;
  EXPECT_EQ(value(argmin(g.constant({3, 1, 1}))), Array(1, int64));
  EXPECT_EQ(value(argmin(g.constant({3.0, std::nan(""), 1.0}))), Array(1, int64));
}

TEST(ReduceLogsumexp, of_infinities_is_among_them_and_has_a_slope) {
  Graph g;
  const Tensor none = g.constant({-inf, -inf});
  EXPECT_EQ(value(reduce_logsumexp(none)), Array(-inf));
  EXPECT_EQ(slope(reduce_logsumexp(none), none), Array({0, 0}));
  const Tensor one = g.constant({-inf, 5.0});
  EXPECT_EQ(slope(reduce_logsumexp(one), one), Array({0, 1}));
  EXPECT_EQ(value(reduce_logsumexp(g.constant({inf, 1.0}))), Array(inf));
  EXPECT_TRUE(std::isnan(value(reduce_logsumexp(g.constant({std::nan(""), 1.0}))).item()));
}

TEST(Norm, and_std_have_slope_0_at_0) {
  Graph g;
  const Tensor zeros = g.constant({0, 0}), equals = g.constant({2, 2});
  EXPECT_EQ(slope(norm(zeros), zeros), Array({0, 0}));
  EXPECT_EQ(slope(norm(zeros, 1), zeros), Array({0, 0}));
  EXPECT_EQ(slope(reduce_std(equals), equals), Array({0, 0}));
}

}  // namespace
}  // namespace gradus
