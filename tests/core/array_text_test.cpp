#include <cstdint>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include <gradus/array.h>

#include "core/refusal.h"

namespace gradus {
namespace {

Array counted(const Shape& shape) {
  Array x = Array::zeros(shape, int32);
  const auto values = x.mutable_values<std::int32_t>();
  std::iota(values.begin(), values.end(), 0);
  return x;
}

TEST(ArrayText, is_nested_in_brackets) {
  EXPECT_EQ(to_text(Array(5)), "5");
  EXPECT_EQ(to_text(Array({{1, 2}, {3, 4}})), "[[1, 2], [3, 4]]");
  EXPECT_EQ(to_text(Array({1, 0}, boolean)), "[true, false]");
}

TEST(ArrayText, writes_seven_digits_or_as_many_as_asked) {
  EXPECT_EQ(to_text(Array({0.1, 1.0 / 3, 1e-10, 1e30})), "[0.1, 0.3333333, 1e-10, 1e+30]");
  EXPECT_EQ(to_text(Array({1.0 / 3}, float64), 17), "[0.33333333333333331]");
  EXPECT_EQ(to_text(Array({std::numeric_limits<std::int64_t>::min()}, int64)),
            "[-9223372036854775808]");
}

TEST(ArrayText, writes_what_is_no_number) {
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(to_text(Array({inf, -inf, nan, -nan, -0.0})), "[inf, -inf, nan, nan, -0]");
}

TEST(ArrayText, up_to_1000_elements_is_whole) {
  const std::string text = to_text(counted({1000}));
  EXPECT_EQ(text.find("..."), text.npos);
  EXPECT_TRUE(text.ends_with(", 998, 999]"));
}

TEST(ArrayText, above_1000_elements_has_the_ends_of_each_axis) {
  EXPECT_EQ(to_text(counted({1001})), "[0, 1, 2, ..., 998, 999, 1000]");
  EXPECT_EQ(to_text(counted({2, 1000})),
            "[[0, 1, 2, ..., 997, 998, 999], [1000, 1001, 1002, ..., 1997, 1998, 1999]]");
  EXPECT_EQ(to_text(counted({600, 2})),
            "[[0, 1], [2, 3], [4, 5], ..., [1194, 1195], [1196, 1197], [1198, 1199]]");
}

TEST(ArrayText, of_no_element_is_short_for_every_shape) {
  EXPECT_EQ(to_text(Array::zeros({0})), "[]");
  EXPECT_EQ(to_text(Array::zeros({3, 0})), "[]");
  EXPECT_EQ(to_text(Array::zeros({std::int64_t{1} << 40, 0})), "[]");
}

TEST(ArrayText, has_from_1_to_100_digits) {
  for (int digits : {-1, 0, 101, std::numeric_limits<int>::max()})
    EXPECT_EQ(refusal<DataError>([&] { to_text(Array(1), digits); }),
              "array: " + std::to_string(digits) +
                  " significant digits, 1 to 100 are possible\n  at  here");
  EXPECT_EQ(to_text(Array(0.5), 100), "0.5");
}

}  // namespace
}  // namespace gradus
