#include <gradus/dtype.h>

#include <limits>

#include <gtest/gtest.h>

#include <gradus/array.h>

namespace gradus {
namespace {

TEST(DType, of_each_element_type_has_its_name_and_size) {
  EXPECT_EQ(to_text(dtype_of<float>()), "float32");
  EXPECT_EQ(to_text(dtype_of<double>()), "float64");
  EXPECT_EQ(to_text(dtype_of<std::int32_t>()), "int32");
  EXPECT_EQ(to_text(dtype_of<std::int64_t>()), "int64");
  EXPECT_EQ(to_text(dtype_of<bool>()), "bool");
  for (DType dtype : all_dtypes)
    visit(dtype, [&]<class T>(T) {
      EXPECT_EQ(dtype_of<T>(), dtype);
      EXPECT_EQ(size_of(dtype), sizeof(T));
      EXPECT_EQ(is_float(dtype), std::floating_point<T>);
      EXPECT_EQ(is_integer(dtype), std::integral<T> && sizeof(T) > 1);
      EXPECT_EQ(is_number(dtype), sizeof(T) > 1);
    });
}

TEST(Number, keeps_each_integer_exactly) {
  constexpr std::int64_t odd = (std::int64_t{1} << 53) + 1;
  static_assert(Number(odd).is_integer() && Number(odd).integer() == odd);
  EXPECT_EQ(Number(std::numeric_limits<std::int64_t>::min()).integer(),
            std::numeric_limits<std::int64_t>::min());
  EXPECT_FALSE(Number(1.0).is_integer());
  EXPECT_EQ(Number(2.5F).real(), 2.5);
}

TEST(Number, beyond_int64_is_real_and_not_negative) {
  constexpr Number most = std::numeric_limits<std::uint64_t>::max();
  EXPECT_FALSE(most.is_integer());
  EXPECT_EQ(most.real(), 0x1p64);
  EXPECT_TRUE(Number(std::uint64_t{1} << 62).is_integer());
}

TEST(Number, fits_an_integer_dtype_if_it_is_whole_and_in_range) {
  EXPECT_TRUE(Number(2147483647).fits(int32));
  EXPECT_FALSE(Number(2147483648).fits(int32));
  EXPECT_TRUE(Number(-2147483648.0).fits(int32));
  EXPECT_FALSE(Number(0.5).fits(int64));
  EXPECT_FALSE(Number(0x1p63).fits(int64));
  EXPECT_TRUE(Number(-0x1p63).fits(int64));
  EXPECT_FALSE(Number(std::numeric_limits<double>::quiet_NaN()).fits(int32));
  EXPECT_FALSE(Number(std::numeric_limits<double>::infinity()).fits(int64));
  EXPECT_TRUE(Number(1e300).fits(float32));
  EXPECT_TRUE(Number(1).fits(boolean));
  EXPECT_FALSE(Number(2).fits(boolean));
}

}  // namespace
}  // namespace gradus
