#include <limits>
#include <utility>

#include <gtest/gtest.h>

#include "ops/support.h"

namespace gradus {
namespace {

const Shape shapes[] = {{}, {1}, {7}, {0}, {3, 0, 2}, {2, 3}, {1025}, {2, 1, 3, 1, 2}};

TEST(Binary, ops_take_a_number_on_either_side) {
  for (DType dtype : {float32, float64, int32, int64})
    for (const Shape& shape : shapes) {
      Graph g;
      const Array x = sample(shape, dtype);
      Oracle expected = elements(x);
      for (long double& e : expected) e = 3 - e;
      expect_close(value(3 - g.constant(x)), expected, 1, to_text(shape));
      for (long double& e : expected) e = -e;
      expect_close(value(g.constant(x) - 3), expected, 1, to_text(shape));
    }
}

TEST(Binary, ops_take_one_tensor_twice) {
  Graph g;
  const Tensor x = g.constant({1, 2, 3});
  EXPECT_EQ(value(x * x), Array({1, 4, 9}));
  EXPECT_EQ(value(x - x), Array({0, 0, 0}));
}

TEST(IntegerArithmetic, wraps_at_the_ends) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  Graph g;
  const Tensor x = g.constant({most, least}, int64);
  EXPECT_EQ(value(x + 1), Array({least, least + 1}, int64));
  EXPECT_EQ(value(x - 1), Array({most - 1, most}, int64));
  EXPECT_EQ(value(x * 2), Array({-2, 0}, int64));
  EXPECT_EQ(value(square(x)), Array({1, 0}, int64));
  EXPECT_EQ(value(-x), Array({-most, least}, int64));
  EXPECT_EQ(value(abs(x)), Array({most, least}, int64));
  EXPECT_EQ(value(reduce_sum(g.constant({most, most}, int64))), Array(-2, int64));
  const Tensor i = g.constant({2147483647, -2147483648}, int32);
  EXPECT_EQ(value(i + 1), Array({-2147483648, -2147483647}, int32));
  EXPECT_EQ(value(i * i), Array({1, 0}, int32));
  EXPECT_EQ(value(-i), Array({-2147483647, -2147483648}, int32));
  EXPECT_EQ(value(abs(i)), Array({2147483647, -2147483648}, int32));
  EXPECT_EQ(value(reduce_sum(i + i)), Array(-2, int32));
}

TEST(IntegerComparison, is_exact_above_2_to_the_53) {
  constexpr std::int64_t even = std::int64_t{1} << 53;
  Graph g;
  const Tensor x = g.constant({even, even + 1}, int64);
  EXPECT_EQ(value(equal(x, even + 1)), Array({0, 1}, boolean));
  EXPECT_EQ(value(x < even + 1), Array({1, 0}, boolean));
  EXPECT_EQ(value(maximum(x, even + 1)), Array({even + 1, even + 1}, int64));
}

TEST(Select, takes_a_where_the_condition_holds_for_every_dtype) {
  for (DType dtype : all_dtypes)
    for (const Shape& shape : shapes) {
      Graph g;
      const Array c = sample(shape, boolean, 3), a = sample(shape, dtype, 1),
                  b = sample(shape, dtype, 2);
      const Oracle of_c = elements(c), of_a = elements(a), of_b = elements(b);
      Oracle expected;
      for (std::size_t i = 0; i < of_c.size(); ++i)
        expected.push_back(of_c[i] != 0 ? of_a[i] : of_b[i]);
      const Array y = value(where(g.constant(c), g.constant(a), g.constant(b)));
      EXPECT_EQ(y.dtype(), dtype);
      expect_close(y, expected, 0, std::string(to_text(dtype)) + to_text(shape));
    }
}

TEST(Select, broadcasts_all_three) {
  Graph g;
  const Tensor c = g.constant({{1}, {0}}, boolean), a = g.constant({1, 2, 3});
  EXPECT_EQ(value(where(c, a, g.constant(7))), Array({{1, 2, 3}, {7, 7, 7}}));
  EXPECT_EQ(value(where(c, a, 7)), Array({{1, 2, 3}, {7, 7, 7}}));
  EXPECT_EQ(value(where(g.constant(1, boolean), a, 7)), Array({1, 2, 3}));
}

TEST(Select, of_two_numbers_is_float32) {
  Graph g;
  EXPECT_EQ(value(where(g.constant({1, 0}, boolean), 1.5, 0)), Array({1.5, 0}));
}

TEST(Select, does_not_spread_the_nan_that_was_not_chosen) {
  Graph g;
  const Tensor x = g.constant({-1, 4});
  EXPECT_EQ(value(where(x > 0, sqrt(x), 0)), Array({0, 2}));
}

TEST(Elu, of_alpha_0_is_relu) {
  Graph g;
  const Tensor x = g.constant({-2, -0.5, 0, 3});
  EXPECT_EQ(value(elu(x, 0) + 0), value(relu(x)));
}

TEST(Cast, agrees_with_array_cast_between_all_dtypes) {
  const double inf = std::numeric_limits<double>::infinity();
  const Array specials =
      Array({0.0, -0.0, 2.9, -2.9, inf, -inf, std::nan(""), 1e30, -1e30, 3e9}, float64);
  for (DType from : all_dtypes)
    for (DType to : all_dtypes) {
      Graph g;
      for (const Array& x : {specials.cast(from), sample({1025}, from), Array::zeros({0, 2}, from)})
        EXPECT_EQ(value(cast(g.constant(x), to)), x.cast(to))
            << to_text(from) << " to " << to_text(to);
    }
}

}  // namespace
}  // namespace gradus
