#include <gradus/op/lane.h>

#include <concepts>

#include <gtest/gtest.h>

#include <gradus/op/lane_math.h>

namespace gradus {
namespace {

constexpr InstructionSet baseline = InstructionSet::baseline;
using Float = Lane<float, baseline>;
using Int = Lane<std::int32_t, baseline>;
using Long = Lane<std::int64_t, baseline>;
using Bool = Lane<bool, baseline>;

template <class L>
concept Divides = requires(L a) {
  a / a;
};
template <class L>
concept HasExp = requires(L a) {
  exp(a);
};

TEST(Lane, a_comparison_is_no_bool) {
  static_assert(!std::convertible_to<Mask<float, baseline>, bool>);
  static_assert(!std::constructible_from<bool, Mask<float, baseline>>);
  static_assert(std::same_as<decltype(Float(1) < 2), Mask<float, baseline>>);
}

TEST(Lane, a_formula_of_integers_takes_no_fraction_and_does_not_divide) {
  static_assert(std::convertible_to<int, Int> && !std::convertible_to<double, Int>);
  static_assert(Divides<Float> && !Divides<Int>);
  static_assert(HasExp<Float> && !HasExp<Int>);
}

TEST(Lane, integers_wrap) {
  constexpr std::int32_t most = std::numeric_limits<std::int32_t>::max(), least = -most - 1;
  EXPECT_EQ((Int(most) + 1).value, least);
  EXPECT_EQ((Int(least) - 1).value, most);
  EXPECT_EQ((Int(most) * 2).value, -2);
  EXPECT_EQ((-Int(least)).value, least);
  EXPECT_EQ(abs(Int(least)).value, least);
  EXPECT_EQ((Int(65536) * 65536).value, 0);
  EXPECT_EQ((Long(std::numeric_limits<std::int64_t>::max()) + 1).value,
            std::numeric_limits<std::int64_t>::min());
}

TEST(Lane, numbers_in_where_take_the_type_of_the_lanes) {
  EXPECT_EQ(where(Float(1) > 0, 2, 3).value, 2.0f);
  EXPECT_EQ(where(Long(1) < 0, 2, 3).value, 3);
  EXPECT_EQ(where(Bool(true), Int(2), Int(3)).value, 2);
  EXPECT_EQ(where(Bool(false) == Bool(true), Bool(true), Bool(false)).value, 0);
}

TEST(Lane, masks_combine) {
  const auto yes = Float(1) > 0, no = Float(1) < 0;
  EXPECT_EQ((yes & no).stored(), 0);
  EXPECT_EQ((yes | no).stored(), 1);
  EXPECT_EQ((yes ^ yes).stored(), 0);
  EXPECT_EQ((~no).stored(), 1);
}

TEST(Lane, a_mask_converts_to_another_width) {
  EXPECT_EQ((Mask<double, baseline>(Float(1) > 0).bits), ~std::uint64_t{0});
  EXPECT_EQ((Mask<float, baseline>(Long(1) < 0).bits), 0u);
}

TEST(Lane, booleans_stay_0_or_1) {
  EXPECT_EQ((~Bool(false)).value, 1);
  EXPECT_EQ((~Bool(true)).value, 0);
  EXPECT_EQ((Bool(true) & Bool(false)).value, 0);
  EXPECT_EQ((Bool(true) | Bool(false)).value, 1);
  EXPECT_EQ((Bool(true) ^ Bool(true)).value, 0);
}

TEST(Lane, nan_spreads_through_maximum_and_minimum_from_both_sides) {
  const Float nan = std::numeric_limits<float>::quiet_NaN();
  for (const Float y : {maximum(nan, Float(1)), maximum(Float(1), nan), minimum(nan, Float(1)),
                        minimum(Float(1), nan)})
    EXPECT_NE(y.value, y.value);
}

TEST(Lane, with_sign_of_copies_the_sign_alone) {
  EXPECT_EQ(with_sign_of(Float(2), Float(-0.0f)).value, -2.0f);
  EXPECT_EQ(with_sign_of(Float(-2), Float(3)).value, 2.0f);
}

TEST(Lane, fma_rounds_once_where_the_instruction_set_has_it) {
  // (1 + e)(1 - e) - 1 is -e^2, which the rounding of the product alone loses.
  const double e = 0x1p-30;
  EXPECT_EQ((fma(Lane<double, InstructionSet::avx2>(1 + e),
                 Lane<double, InstructionSet::avx2>(1 - e), Lane<double, InstructionSet::avx2>(-1))
                 .value),
            has_fma(InstructionSet::avx2) ? -e * e : 0);
  EXPECT_EQ(
      (fma(Lane<double, baseline>(1 + e), Lane<double, baseline>(1 - e), Lane<double, baseline>(-1))
           .value),
      has_fma(baseline) ? -e * e : 0);
}

}  // namespace
}  // namespace gradus
