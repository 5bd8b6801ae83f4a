// Rows of an array, by numbers and by masks.
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/array.h>

#include "core/refusal.h"

namespace gradus {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr auto most64 = std::numeric_limits<std::int64_t>::max();
constexpr auto least64 = std::numeric_limits<std::int64_t>::min();

TEST(Array, rows_are_a_copy_of_a_part) {
  const Array x({{1, 2}, {3, 4}, {5, 6}});
  EXPECT_EQ(x.rows(1, 3), Array({{3, 4}, {5, 6}}));
  EXPECT_EQ(x.rows(2, 2), Array::zeros({0, 2}));
  EXPECT_EQ(x.rows(0, 3), x);
}

TEST(Array, rows_refuses_what_is_not_there) {
  const Array x = Array::zeros({3, 2});
  EXPECT_EQ(refusal<ShapeError>([&] { x.rows(1, 4); }),
            "array: no rows 1 to 4 in shape [3, 2]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { x.rows(-1, 2); }),
            "array: no rows -1 to 2 in shape [3, 2]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { x.rows(2, 1); }),
            "array: no rows 2 to 1 in shape [3, 2]\n  at  here");
  EXPECT_EQ(
      refusal<ShapeError>([&] { x.rows(least64, most64); }),
      "array: no rows -9223372036854775808 to 9223372036854775807 in shape [3, 2]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { Array().rows(0, 0); }),
            "array: no rows 0 to 0 in shape []\n  at  here");
}

TEST(Array, rows_by_numbers_come_in_their_order) {
  const Array x({{1, 2}, {3, 4}, {5, 6}});
  const Array expected({{5, 6}, {1, 2}, {5, 6}, {3, 4}});
  EXPECT_EQ(x.rows({2, 0, -1, -2}), expected);
  EXPECT_EQ(x.rows(std::vector<std::int64_t>{2, 0, -1, -2}), expected);
  EXPECT_EQ(x.rows(Array({2, 0, -1, -2}, int64)), expected);
  EXPECT_EQ(x.rows(Array({2, 0, -1, -2}, int32)), expected);
  EXPECT_EQ(x.rows({-3}), Array({{1, 2}}));
  for (const DType dtype : all_dtypes)
    EXPECT_EQ(Array({1, 0, 0}, dtype).rows({1, 0}), Array({0, 1}, dtype));
}

TEST(Array, rows_by_a_mask_are_those_where_it_holds) {
  const Array x({{1, 2}, {3, 4}, {5, 6}});
  EXPECT_EQ(x.rows(Array({1, 0, 1}, boolean)), Array({{1, 2}, {5, 6}}));
  EXPECT_EQ(x.rows(Array({0, 0, 0}, boolean)), Array::zeros({0, 2}));
  EXPECT_EQ(x.rows(equal(Array({3, 1, 3}, int64), 3)), Array({{1, 2}, {5, 6}}));
}

TEST(Array, rows_may_be_none_or_hold_nothing) {
  const Array x({{1, 2}, {3, 4}});
  EXPECT_EQ(x.rows({}), Array::zeros({0, 2}));
  EXPECT_EQ(x.rows(Array::zeros({0}, int64)), Array::zeros({0, 2}));
  EXPECT_EQ(Array::zeros({0, 2}).rows({}), Array::zeros({0, 2}));
  EXPECT_EQ(Array::zeros({0, 2}).rows(Array::zeros({0}, boolean)), Array::zeros({0, 2}));
  EXPECT_EQ(Array::zeros({2, 0}).rows({1, 1, 0}), Array::zeros({3, 0}));
}

TEST(Array, rows_by_numbers_are_a_copy_of_their_own) {
  const Array x({{1, 2}, {3, 4}});
  Array y = x.rows({0, 1});
  y.mutable_values<float>()[0] = 7;
  EXPECT_EQ(x, Array({{1, 2}, {3, 4}}));
}

TEST(Array, rows_refuses_numbers_that_are_not_there) {
  const Array x = Array::zeros({3, 2});
  EXPECT_EQ(refusal<ShapeError>([&] {
              x.rows({0, 3});
            }),
            "array: no row 3 in shape [3, 2]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { x.rows({-4}); }),
            "array: no row -4 in shape [3, 2]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { x.rows(std::vector<std::int64_t>{least64}); }),
            "array: no row -9223372036854775808 in shape [3, 2]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { x.rows(Array({7}, int32)); }),
            "array: no row 7 in shape [3, 2]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] {
              Array::zeros({0, 2}).rows({0});
            }),
            "array: no row 0 in shape [0, 2]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { Array().rows({}); }),
            "array: no rows in shape []\n  at  here");
  const Array wide = Array::zeros({1, 0, max_element_count});
  EXPECT_EQ(refusal<ShapeError>([&] {
              wide.rows({0, 0});
            }),
            "shape: [2, 0, 1152921504606846976] has more than 2^60 elements\n  at  here");
}

TEST(Array, rows_refuses_what_chooses_none) {
  const Array x = Array::zeros({3, 2});
  EXPECT_EQ(refusal<DTypeError>([&] { x.rows(Array({1})); }),
            "array: rows are chosen by int32, int64 or bool, not by float32\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { x.rows(Array({{1}}, int64)); }),
            "array: rows are chosen by an array of one axis, not by [1, 1]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { x.rows(Array(1, int64)); }),
            "array: rows are chosen by an array of one axis, not by []\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] {
              x.rows(Array({1, 0}, boolean));
            }),
            "array: a mask [2] for the rows of shape [3, 2]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { Array().rows(Array({1}, boolean)); }),
            "array: no rows in shape []\n  at  here");
}

TEST(Array, mask_tells_of_which_elements_something_holds) {
  const Array x({{1, -2}, {nan, 4}});
  EXPECT_EQ(x.mask<float>([](float value) { return value > 0; }), Array({{1, 0}, {0, 1}}, boolean));
  EXPECT_EQ(Array::zeros({0, 3}).mask<float>([](float) { return true; }),
            Array::zeros({0, 3}, boolean));
  EXPECT_EQ(refusal<DTypeError>([&] { x.mask<double>([](double) { return true; }); }),
            "array: elements are float32, asked for as float64\n  at  here");
}

TEST(Array, equal_and_not_equal_compare_elements) {
  for (const DType dtype : {float32, float64, int32, int64}) {
    const Array x({{3, 1}, {2, 3}}, dtype);
    EXPECT_EQ(equal(x, 3), Array({{1, 0}, {0, 1}}, boolean));
    EXPECT_EQ(not_equal(x, 3), Array({{0, 1}, {1, 0}}, boolean));
    EXPECT_EQ(equal(x, Array({{3, 2}, {2, 1}}, dtype)), Array({{1, 0}, {1, 0}}, boolean));
    EXPECT_EQ(not_equal(x, Array({{3, 2}, {2, 1}}, dtype)), Array({{0, 1}, {0, 1}}, boolean));
  }
  EXPECT_EQ(equal(Array({1, 0}, boolean), true), Array({1, 0}, boolean));
  EXPECT_EQ(equal(Array({0.1, nan, -0.0}), 0.1), Array({1, 0, 0}, boolean));
  EXPECT_EQ(equal(Array({0.0, nan}), Array({-0.0, nan})), Array({1, 0}, boolean));
  EXPECT_EQ(not_equal(Array({0.0, nan}), Array({-0.0, nan})), Array({0, 1}, boolean));
  EXPECT_EQ(equal(Array::zeros({0, 2}), 1), Array::zeros({0, 2}, boolean));
}

TEST(Array, equal_and_not_equal_refuse_what_does_not_fit) {
  const Array x({1, 2}, int64);
  EXPECT_EQ(refusal<DTypeError>([&] { equal(x, 2.5); }), "equal: 2.5 is no int64\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { not_equal(x, nan); }),
            "not_equal: nan is no int64\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] {
              equal(x, Array({1, 2}));
            }),
            "equal: dtypes differ: int64 and float32\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { equal(x, Array({1}, int64)); }),
            "equal: shapes differ: [2] and [1]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] {
              not_equal(x, Array({{1, 2}}, int64));
            }),
            "not_equal: shapes differ: [2] and [1, 2]\n  at  here");
}

TEST(Array, flatnonzero_gives_places_in_row_major_order) {
  EXPECT_EQ(flatnonzero(Array({{0, 1, 0}, {1, 1, 0}}, boolean)), Array({1, 3, 4}, int64));
  EXPECT_EQ(flatnonzero(Array({0.0, -0.0, 0.5, nan})), Array({2, 3}, int64));
  EXPECT_EQ(flatnonzero(Array({0, -1}, int32)), Array({1}, int64));
  EXPECT_EQ(flatnonzero(Array({0, 0})), Array::zeros({0}, int64));
}

}  // namespace
}  // namespace gradus
