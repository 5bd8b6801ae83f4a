// Conventions at kinks and far out.
#include <limits>

#include <gtest/gtest.h>

#include <gradus/gradients.h>

#include "ops/support.h"

namespace gradus {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

// dy/dx of each element.
Array slopes(Tensor (*call)(Operand), const Array& x) {
  Graph g;
  const Tensor fed = g.placeholder("x", x.shape(), x.dtype());
  const Tensor y = call(fed);
  return value(gradient(y, fed, {.grad_ys = {ones_like(y)}}), {{fed, x}});
}

TEST(Activations, have_their_slopes_at_kinks) {
  const Array at_0({0.0, -0.0}, float64);
  const auto both = [](double slope) { return Array({slope, slope}, float64); };
  EXPECT_EQ(slopes(relu, at_0), both(0));
  EXPECT_EQ(slopes([](Operand x) { return leaky_relu(x); }, at_0), both(0.2));
  EXPECT_EQ(slopes([](Operand x) { return elu(x, 0.5); }, at_0), both(0.5));
  EXPECT_EQ(slopes([](Operand x) { return celu(x, 0.5); }, at_0), both(1));
  EXPECT_EQ(slopes(selu, at_0), both(1.0507009873554804934 * 1.6732632423543772848));
  EXPECT_EQ(slopes(hard_sigmoid, Array({-3, 3}, float64)), both(0));
  EXPECT_EQ(slopes([](Operand x) { return clip(x, -1, 2); }, Array({-1, 2}, float64)), both(1));
}

TEST(Activations, have_the_left_slope_of_prelu_at_0) {
  Graph g;
  const Tensor x = g.placeholder("x", {2}, float64), slope = g.placeholder("slope", {}, float64);
  const auto d = gradients(reduce_sum(prelu(x, slope)), {x, slope});
  Session session(g);
  const std::vector<Array> values =
      session.run(d, {{x, Array({0, -2}, float64)}, {slope, Array(0.25, float64)}});
  EXPECT_EQ(values[0], Array({0.25, 0.25}, float64));
  EXPECT_EQ(values[1], Array(-2, float64));
}

// No overflow on the way: the slopes far out are limits, never NaN.
TEST(Activations, have_finite_slopes_far_out) {
  for (DType dtype : {float32, float64}) {
    const Array x({-inf, -1e30, -800, 800, 1e30, inf}, dtype);
    const Array step({0, 0, 0, 1, 1, 1}, dtype);
    EXPECT_EQ(slopes(relu, x), step);
    EXPECT_EQ(slopes([](Operand t) { return elu(t); }, x), step);
    EXPECT_EQ(slopes([](Operand t) { return celu(t); }, x), step);
    EXPECT_EQ(slopes(softplus, x), step);
    EXPECT_EQ(slopes(sigmoid, x), Array({0, 0, 0, 0, 0, 0}, dtype));
    EXPECT_EQ(slopes(log_sigmoid, x), Array({1, 1, 1, 0, 0, 0}, dtype));
    EXPECT_EQ(slopes(softsign, Array({-inf, inf}, dtype)), Array({0, 0}, dtype));
    const Array far({-1e30, -800, 800, 1e30}, dtype);
    EXPECT_EQ(slopes(silu, far), Array({0, 0, 1, 1}, dtype));
    EXPECT_EQ(slopes(mish, far), Array({0, 0, 1, 1}, dtype));
    EXPECT_EQ(slopes([](Operand t) { return gelu(t); }, far), Array({0, 0, 1, 1}, dtype));
    EXPECT_EQ(slopes([](Operand t) { return gelu(t, true); }, far), Array({0, 0, 1, 1}, dtype));
  }
}

TEST(FloorDivide, rounds_down_as_python_does) {
  Graph g;
  const Array a({7, 7, -7, -7, 6, -6}, int32), b = Array({2, -2, 2, -2, 3, 3}, int32);
  for (DType dtype : {int32, int64, float32, float64}) {
    const Tensor x = g.constant(a.cast(dtype)), y = g.constant(b.cast(dtype));
    EXPECT_EQ(value(floor_divide(x, y)), Array({3, -4, -4, 3, 2, -2}, dtype));
    EXPECT_EQ(value(mod(x, y)).cast(int32), Array({1, -1, 1, -1, 0, 0}, int32));
  }
}

TEST(FloorDivide, has_the_whole_quotient_that_belongs_to_the_exact_remainder) {
  Graph g;
  // 0.1 is a little above 1/10, so 9 whole tenths are in 1, though 1 / 0.1 rounds to 10.
  EXPECT_EQ(value(floor_divide(g.constant(1.0, float64), 0.1)).item<double>(), 9);
  EXPECT_EQ(value(mod(g.constant(1.0, float64), 0.1)).item<double>(), std::fmod(1.0, 0.1));
  EXPECT_EQ(value(mod(g.constant(-1), inf)).item(), inf);
  EXPECT_EQ(value(floor_divide(g.constant(-1), inf)).item(), -1);
}

TEST(FloorDivide, of_the_smallest_integer_by_minus_1_wraps) {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  Graph g;
  EXPECT_EQ(value(floor_divide(g.constant(least, int64), -1)), Array(least, int64));
  EXPECT_EQ(value(mod(g.constant(least, int64), -1)), Array(0, int64));
  EXPECT_EQ(value(floor_divide(g.constant(-2147483648, int32), -1)), Array(-2147483648, int32));
}

TEST(FloorDivide, shares_long_arrays_among_threads) {
  Graph g;
  const Array x = sample({40000}, int64);
  const Tensor y = mod(g.constant(x), 5);
  EXPECT_EQ(Session(g, {.threads = 3}).run(y), Session(g, {.threads = 1}).run(y));
}

TEST(Clip, keeps_nan_and_takes_open_ends) {
  Graph g;
  const Tensor x = g.constant({-5, 5});
  EXPECT_EQ(value(clip(x, 0, inf)), Array({0, 5}));
  EXPECT_EQ(value(clip(x, -inf, 0)), Array({-5, 0}));
  EXPECT_TRUE(std::isnan(value(clip(g.constant(std::nan("")), 0, 1)).item()));
  EXPECT_EQ(value(clip(g.constant({-5, 5}, int32), -1, 2)), Array({-1, 2}, int32));
}

}  // namespace
}  // namespace gradus
