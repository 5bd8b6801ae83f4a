#include <gradus/shape.h>

#include <limits>
#include <unordered_set>

#include <gtest/gtest.h>

#include "core/refusal.h"

namespace gradus {
namespace {

constexpr std::int64_t big = std::int64_t{1} << 32;
constexpr std::int64_t huge = std::int64_t{1} << 40;

TEST(Shape, of_a_scalar_has_rank_0_and_one_element) {
  EXPECT_EQ(Shape{}.rank(), 0);
  EXPECT_EQ(Shape{}.element_count(), 1);
  EXPECT_TRUE(Shape{}.is_known());
  EXPECT_EQ(to_text(Shape{}), "[]");
}

TEST(Shape, counts_its_elements) {
  EXPECT_EQ((Shape{2, 3, 4}.element_count()), 24);
  EXPECT_EQ((Shape{2, 0, 4}.element_count()), 0);
  EXPECT_EQ((Shape{2, 3, 4}[1]), 3);
}

TEST(Shape, with_any_is_unknown_and_writes_a_question_mark) {
  EXPECT_FALSE((Shape{any_size, 784}.is_known()));
  EXPECT_EQ(to_text(Shape{any_size, 784}), "[?, 784]");
}

TEST(Shape, takes_8_dimensions_and_refuses_9) {
  EXPECT_EQ((Shape{1, 2, 1, 2, 1, 2, 1, 2}.rank()), 8);
  EXPECT_EQ(refusal<ShapeError>([] { Shape{1, 1, 1, 1, 1, 1, 1, 1, 1}; }),
            "shape: 9 dimensions, at most 8 are possible\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([] { Shape(std::vector<std::int64_t>(1000, 1)); }),
            "shape: 1000 dimensions, at most 8 are possible\n  at  here");
}

TEST(Shape, refuses_negative_dimensions) {
  EXPECT_EQ(refusal<ShapeError>([] {
              Shape{3, -2};
            }),
            "shape: dimension -2 is negative: [3, -2]\n  at  here");
  EXPECT_EQ(
      refusal<ShapeError>([] { Shape{std::numeric_limits<std::int64_t>::min()}; }),
      "shape: dimension -9223372036854775808 is negative: [-9223372036854775808]\n  at  here");
}

TEST(Shape, holds_2_to_the_60_elements_and_no_more) {
  EXPECT_EQ((Shape{max_element_count}.element_count()), max_element_count);
  EXPECT_EQ((Shape{huge, 1 << 20}.element_count()), max_element_count);
  EXPECT_EQ(refusal<ShapeError>([] { Shape{max_element_count + 1}; }),
            "shape: [1152921504606846977] has more than 2^60 elements\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([] {
              Shape{std::numeric_limits<std::int64_t>::max(), any_size};
            }),
            "shape: [9223372036854775807, ?] has more than 2^60 elements\n  at  here");
}

TEST(Shape, refuses_a_product_that_wraps_to_0) {
  EXPECT_EQ(refusal<ShapeError>([] {
              Shape{big, big};
            }),
            "shape: [4294967296, 4294967296] has more than 2^60 elements\n  at  here");
}

TEST(Shape, refuses_sizes_beside_a_0_whose_strides_would_overflow) {
  EXPECT_EQ(refusal<ShapeError>([] {
              Shape{0, huge, huge};
            }),
            "shape: [0, 1099511627776, 1099511627776] has more than 2^60 elements\n  at  here");
}

TEST(Shape, equals_a_shape_of_the_same_dimensions_alone) {
  EXPECT_EQ((Shape{2, any_size}), (Shape{2, any_size}));
  EXPECT_NE((Shape{2, 3}), (Shape{3, 2}));
  EXPECT_NE((Shape{2}), (Shape{2, 1}));
}

TEST(Shape, declared_with_any_accepts_every_size_of_that_rank) {
  EXPECT_TRUE(accepts({any_size, 3}, {7, 3}));
  EXPECT_TRUE(accepts({any_size, 3}, {any_size, 3}));
  EXPECT_FALSE(accepts({any_size, 3}, {7, 4}));
  EXPECT_FALSE(accepts({2, 3}, {any_size, 3}));
  EXPECT_FALSE(accepts({any_size}, {}));
}

TEST(Shape, hashes_differ_for_small_shapes) {
  std::unordered_set<std::size_t> hashes;
  std::size_t count = 0;
  for (std::int64_t a = any_size; a < 40; ++a) {
    hashes.insert(hash_value({a}));
    ++count;
    for (std::int64_t b = any_size; b < 40; ++b, ++count) hashes.insert(hash_value({a, b}));
  }
  EXPECT_EQ(hashes.size(), count);
}

}  // namespace
}  // namespace gradus
