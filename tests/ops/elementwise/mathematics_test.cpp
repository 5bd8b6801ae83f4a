#include <limits>

#include <gtest/gtest.h>

#include <gradus/gradients.h>

#include "ops/support.h"

namespace gradus {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
const double nan = std::nan("");

// dy/dxs with 1 for dy, one after the other.
std::vector<Array> slopes(const Tensor& y, const std::vector<Tensor>& xs) {
  std::vector<Array> all;
  for (const Tensor& dx : gradients(y, xs, {.grad_ys = {ones_like(y)}})) all.push_back(value(dx));
  return all;
}

TEST(Power, of_exponent_0_is_1_and_has_slope_0_even_at_0) {
  Graph g;
  const Tensor a = g.constant({0, 2, -3, inf}), b = g.constant({0, 0, 0, 0});
  const Tensor y = power(a, b);
  EXPECT_EQ(value(y), Array({1, 1, 1, 1}));
  EXPECT_EQ(slopes(y, {a})[0], Array({0, 0, 0, 0}));
}

TEST(Power, has_slope_0_of_the_exponent_where_the_base_is_not_above_0) {
  Graph g;
  const Tensor a = g.constant({0, 0, -2, 1}), b = g.constant({2, 0, 3, 5});
  EXPECT_EQ(slopes(power(a, b), {b})[0], Array({0, 0, 0, 0}));
}

TEST(Power, of_a_negative_base_needs_a_whole_exponent) {
  Graph g;
  const Array y = value(power(g.constant({-2, -2, -2}), g.constant({3, 2, 0.5})));
  EXPECT_EQ(y.values<float>()[0], -8);
  EXPECT_EQ(y.values<float>()[1], 4);
  EXPECT_TRUE(std::isnan(y.values<float>()[2]));
}

TEST(Power, of_integers_wraps_and_takes_negative_exponents_of_1_and_minus_1) {
  Graph g;
  EXPECT_EQ(value(power(g.constant({3, 2, 1, -1, -1, 0}, int32),
                        g.constant({20, 31, -5, -3, -4, 0}, int32))),
            Array({-808182895, -2147483648, 1, -1, 1, 1}, int32));
  EXPECT_EQ(value(power(2, g.constant({0, 62}, int64))), Array({1, 4611686018427387904}, int64));
}

TEST(Power, of_no_elements_is_nothing) {
  Graph g;
  EXPECT_EQ(value(power(g.constant(Array::zeros({0, 3}, int32)), -1)), Array::zeros({0, 3}, int32));
  EXPECT_EQ(value(power(g.constant(Array::zeros({0, 3}, float32)), 2)),
            Array::zeros({0, 3}, float32));
}

TEST(Power, has_the_same_bits_for_a_number_as_for_a_tensor) {
  Graph g;
  const Array x = sample({3, 1025}, float32);
  EXPECT_EQ(
      value(power(g.constant(3), g.constant(x))),
      value(power(g.constant(Array(Shape{3, 1025}, std::vector<double>(3075, 3)).cast(float32)),
                  g.constant(x))));
}

TEST(Distances, at_the_origin_have_slope_0) {
  Graph g;
  const Tensor a = g.constant({0, 3}), b = g.constant({0, 4});
  EXPECT_EQ(slopes(hypot(a, b), {a, b}),
            (std::vector<Array>{Array({0, 3 / 5.0}), Array({0, 4 / 5.0})}));
  EXPECT_EQ(slopes(atan2(a, b), {a, b})[0].values<float>()[0], 0);
  EXPECT_EQ(slopes(atan2(a, b), {a, b})[1].values<float>()[0], 0);
}

TEST(Distances, do_not_overflow) {
  Graph g;
  EXPECT_EQ(value(hypot(g.constant({3e300, inf}, float64), g.constant({4e300, nan}, float64))),
            Array({5e300, inf}, float64));
}

TEST(Rounding, takes_halves_to_the_even_side_and_integers_as_they_are) {
  Graph g;
  const Tensor x = g.constant({-2.5, -1.5, -0.5, 0.5, 1.5, 2.5});
  EXPECT_EQ(value(round(x)), Array({-2, -2, -0.0, 0, 2, 2}));
  EXPECT_EQ(value(floor(x)), Array({-3, -2, -1, 0, 1, 2}));
  EXPECT_EQ(value(ceil(x)), Array({-2, -1, -0.0, 1, 2, 3}));
  const Tensor i = g.constant({-7, 2147483647}, int32);
  for (Tensor (*call)(Operand) : std::vector<Tensor (*)(Operand)>{floor, ceil, round})
    EXPECT_EQ(value(call(i)), value(i));
  EXPECT_EQ(slopes(round(x), {x})[0], Array({0, 0, 0, 0, 0, 0}));
}

TEST(Tests, of_integers_find_neither_nan_nor_infinity) {
  Graph g;
  const Tensor x = g.constant({1, nan, inf, -inf, 0});
  EXPECT_EQ(value(is_nan(x)), Array({0, 1, 0, 0, 0}, boolean));
  EXPECT_EQ(value(is_finite(x)), Array({1, 0, 0, 0, 1}, boolean));
  const Tensor i = g.constant({-2147483647 - 1, 2147483647}, int32);
  EXPECT_EQ(value(is_nan(i)), Array({0, 0}, boolean));
  EXPECT_EQ(value(is_finite(i)), Array({1, 1}, boolean));
}

TEST(InverseFunctions, have_infinite_slopes_at_their_ends) {
  Graph g;
  const Tensor x = g.constant({1, -1});
  EXPECT_EQ(slopes(asin(x), {x})[0], Array({inf, inf}));
  EXPECT_EQ(slopes(acos(x), {x})[0], Array({-inf, -inf}));
  EXPECT_EQ(slopes(atanh(x), {x})[0], Array({inf, inf}));
  const Tensor one = g.constant({1.0});
  EXPECT_EQ(slopes(acosh(one), {one})[0], Array({inf}));
}

}  // namespace
}  // namespace gradus
