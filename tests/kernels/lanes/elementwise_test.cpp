#include <gradus/op/elementwise.h>

#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/samples.h"
#include "kernels/sheet/sheet.h"

namespace gradus {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

// A formula in an op's record is data: no constructor runs before main.
constexpr ElementwiseKernel twice = elementwise<1>([](auto x) { return x + x; });
static_assert(twice && twice.arity() == 1);
static_assert(!ElementwiseKernel{} && ElementwiseKernel{}.arity() == 0);

const ElementwiseKernel& kernel_of(std::string_view name) {
  static const std::vector<SheetFormula> formulas = sheet_formulas();
  for (const SheetFormula& formula : formulas)
    if (formula.name == name) return formula.kernel;
  throw InternalError("the sheet has no formula " + std::string(name));
}

template <class Stored>
constexpr DType dtype_of_stored() {
  if constexpr (std::same_as<Stored, std::uint8_t>)
    return boolean;
  else
    return dtype_of<Stored>();
}

// The formula's values; if two instruction sets differ, those of the second.
template <class Out, class... In>
std::vector<Out> values(std::string_view name, const std::vector<In>&... in) {
  using Last = std::tuple_element_t<sizeof...(In) - 1, std::tuple<In...>>;
  const std::size_t n = std::get<0>(std::tie(in...)).size();
  const void* inputs[] = {in.data()...};
  std::vector<Out> first;
  for (const InstructionSet set : available_instruction_sets()) {
    std::vector<Out> y(n);
    kernel_of(name).tile(dtype_of_stored<Last>(), set)(inputs, y.data(),
                                                       static_cast<std::int64_t>(n));
    if (!first.empty() && y != first) return y;
    first = y;
  }
  return first;
}

using Bytes = std::vector<std::uint8_t>;

TEST(Elementwise, a_formula_is_made_for_its_element_types_alone) {
  const InstructionSet set = InstructionSet::baseline;
  const auto made_for = [&](std::string_view name) {
    std::vector<bool> made;
    for (const DType dtype : all_dtypes)
      made.push_back(kernel_of(name).tile(dtype, set) != nullptr);
    return made;
  };
  EXPECT_THAT(made_for("exp"), ElementsAre(true, true, false, false, false));
  EXPECT_THAT(made_for("add"), ElementsAre(true, true, true, true, false));
  EXPECT_THAT(made_for("logical_and"), ElementsAre(false, false, false, false, true));
  EXPECT_THAT(made_for("where"), Each(true));
}

TEST(Elementwise, every_available_instruction_set_has_a_tile) {
  for (const InstructionSet set : available_instruction_sets())
    EXPECT_NE(twice.tile(float32, set), nullptr) << to_text(set);
}

TEST(Elementwise, no_elements_are_no_work) {
  twice.tile(float32, best_instruction_set())(std::array<const void*, 1>{nullptr}.data(), nullptr,
                                              0);
}

template <class T>
class ElementwiseNumbers : public ::testing::Test {};
using Numbers = ::testing::Types<float, double, std::int32_t, std::int64_t>;
TYPED_TEST_SUITE(ElementwiseNumbers, Numbers);

// Thirty-five elements, so that vector loops and their ends both run.
template <class T>
std::vector<T> repeated(std::vector<T> x) {
  std::vector<T> result;
  for (std::size_t i = 0; i < 35; ++i) result.push_back(x[i % x.size()]);
  return result;
}
template <class T>
std::vector<T> a_values() {
  return repeated<T>({-3, -2, 0, 1, 2, 5, 7});
}
template <class T>
std::vector<T> b_values() {
  return repeated<T>({2, -2, -1, 4, 0});
}

template <class Out, class T>
std::vector<Out> expected(auto f) {
  std::vector<Out> y;
  for (std::size_t i = 0; i < 35; ++i)
    y.push_back(static_cast<Out>(f(a_values<T>()[i], b_values<T>()[i])));
  return y;
}

TYPED_TEST(ElementwiseNumbers, arithmetic_is_that_of_the_elements) {
  using T = TypeParam;
  const auto a = a_values<T>(), b = b_values<T>();
  EXPECT_EQ(values<T>("add", a, b), (expected<T, T>([](T x, T y) { return x + y; })));
  EXPECT_EQ(values<T>("subtract", a, b), (expected<T, T>([](T x, T y) { return x - y; })));
  EXPECT_EQ(values<T>("multiply", a, b), (expected<T, T>([](T x, T y) { return x * y; })));
  EXPECT_EQ(values<T>("maximum", a, b), (expected<T, T>([](T x, T y) { return x > y ? x : y; })));
  EXPECT_EQ(values<T>("minimum", a, b), (expected<T, T>([](T x, T y) { return x < y ? x : y; })));
  EXPECT_EQ(values<T>("negative", a), (expected<T, T>([](T x, T) { return -x; })));
  EXPECT_EQ(values<T>("square", a), (expected<T, T>([](T x, T) { return x * x; })));
  EXPECT_EQ(values<T>("abs", a), (expected<T, T>([](T x, T) { return x < 0 ? -x : x; })));
  EXPECT_EQ(values<T>("relu", a), (expected<T, T>([](T x, T) { return x < 0 ? 0 : x; })));
  EXPECT_EQ(values<T>("sign", a), (expected<T, T>([](T x, T) { return (x > 0) - (x < 0); })));
}

TYPED_TEST(ElementwiseNumbers, a_comparison_gives_bytes_of_0_or_1) {
  using T = TypeParam;
  const auto a = a_values<T>(), b = b_values<T>();
  const auto bytes = [](auto f) { return expected<std::uint8_t, T>(f); };
  EXPECT_EQ(values<std::uint8_t>("less", a, b), bytes([](T x, T y) { return x < y; }));
  EXPECT_EQ(values<std::uint8_t>("less_equal", a, b), bytes([](T x, T y) { return x <= y; }));
  EXPECT_EQ(values<std::uint8_t>("greater", a, b), bytes([](T x, T y) { return x > y; }));
  EXPECT_EQ(values<std::uint8_t>("equal", a, b), bytes([](T x, T y) { return x == y; }));
  EXPECT_EQ(values<std::uint8_t>("not_equal", a, b), bytes([](T x, T y) { return x != y; }));
  EXPECT_EQ(values<std::uint8_t>("outside", a, b),
            bytes([](T x, T y) { return x < -y || !(x <= y); }));
}

TYPED_TEST(ElementwiseNumbers, where_takes_a_for_1_and_b_for_0) {
  using T = TypeParam;
  const Bytes which = repeated<std::uint8_t>({1, 0, 0});
  std::vector<T> want;
  for (std::size_t i = 0; i < 35; ++i)
    want.push_back(which[i] != 0 ? a_values<T>()[i] : b_values<T>()[i]);
  EXPECT_EQ(values<T>("where", which, a_values<T>(), b_values<T>()), want);
}

TEST(Elementwise, integers_wrap_in_every_tile) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max(), least = -most - 1;
  const std::vector<std::int64_t> x(19, most), one(19, 1), low(19, least);
  EXPECT_THAT(values<std::int64_t>("add", x, one), Each(least));
  EXPECT_THAT(values<std::int64_t>("subtract", low, one), Each(most));
  EXPECT_THAT(values<std::int64_t>("square", x), Each(1));
  EXPECT_THAT(values<std::int64_t>("negative", low), Each(least));
  EXPECT_THAT(values<std::int64_t>("abs", low), Each(least));
}

TEST(Elementwise, comparisons_with_nan_are_false_but_for_not_equal) {
  const std::vector<float> nan(19, std::numeric_limits<float>::quiet_NaN());
  for (const char* name : {"less", "less_equal", "greater", "equal"})
    EXPECT_THAT(values<std::uint8_t>(name, nan, nan), Each(0)) << name;
  EXPECT_THAT(values<std::uint8_t>("not_equal", nan, nan), Each(1));
}

TEST(Elementwise, booleans_have_their_truth_tables) {
  const Bytes a{0, 0, 1, 1}, b{0, 1, 0, 1};
  EXPECT_THAT(values<std::uint8_t>("logical_and", a, b), ElementsAre(0, 0, 0, 1));
  EXPECT_THAT(values<std::uint8_t>("logical_xor", a, b), ElementsAre(0, 1, 1, 0));
  EXPECT_THAT(values<std::uint8_t>("logical_not", a), ElementsAre(1, 1, 0, 0));
  EXPECT_THAT(values<std::uint8_t>("equal", a, b), ElementsAre(1, 0, 0, 1));
  EXPECT_THAT(values<std::uint8_t>("not_equal", a, b), ElementsAre(0, 1, 1, 0));
  EXPECT_THAT(values<std::uint8_t>("where", a, b, Bytes{1, 1, 0, 0}), ElementsAre(1, 1, 0, 1));
}

}  // namespace
}  // namespace gradus
