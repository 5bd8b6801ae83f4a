#include <gradus/op/reduction.h>

#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/samples.h"
#include "kernels/sheet/sheet.h"

namespace gradus {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

constexpr ReductionKernel total =
    reduction([](auto like) { return decltype(like)(0); }, [](auto a, auto b) { return a + b; });
static_assert(total && !ReductionKernel{});

const ReductionKernel& kernel_of(std::string_view name) {
  static const std::vector<SheetReduction> reductions = sheet_reductions();
  for (const SheetReduction& reduction : reductions)
    if (reduction.name == name) return reduction.kernel;
  throw InternalError("the sheet has no reduction " + std::string(name));
}

// x is [outer, n, inner].
Array reduced(std::string_view name, const Array& x, InstructionSet set) {
  Array y = Array::uninitialized({x.shape()[0], x.shape()[2]}, x.dtype());
  kernel_of(name).reduce(x.dtype(), set)(x.data(), y.mutable_data(), x.shape()[0], x.shape()[1],
                                         x.shape()[2]);
  return y;
}
std::vector<std::uint64_t> bits_of(const Array& x) {
  return bits_of(x.data(), x.dtype(), x.size());
}

// Elements of every size and sign, without infinities or NaN.
Array numbers(DType dtype, const Shape& shape, std::string_view purpose) {
  Array x = Array::uninitialized(shape, dtype);
  Random random(1, purpose);
  visit(dtype, [&]<class T>(T) {
    for (T& v : x.mutable_values<T>()) v = random_element<T>(random, true);
  });
  return x;
}

const std::vector<Shape> shapes{{1, 1, 1},     {3, 5, 1},   {2, 31, 1},  {2, 32, 1},  {2, 33, 1},
                                {2, 63, 1},    {3, 255, 1}, {3, 256, 1}, {3, 257, 1}, {2, 784, 1},
                                {1, 10007, 1}, {2, 1, 3},   {2, 7, 3},   {2, 8, 64},  {2, 9, 65},
                                {1, 100, 200}, {2, 71, 5},  {1, 1000, 2}};

void for_each_reduction(auto&& f) {
  for (const SheetReduction& reduction : sheet_reductions())
    for (const DType dtype : all_dtypes)
      if (reduction.kernel.reduce(dtype, InstructionSet::baseline) != nullptr)
        f(reduction.name, dtype);
}

TEST(Reduction, has_the_same_bits_for_every_instruction_set) {
  for_each_reduction([](std::string_view name, DType dtype) {
    for (const Shape& shape : shapes) {
      const Array x = numbers(dtype, shape, "sets");
      const auto want = bits_of(reduced(name, x, InstructionSet::baseline));
      for (const InstructionSet set : available_instruction_sets())
        EXPECT_EQ(bits_of(reduced(name, x, set)), want)
            << name << " " << to_text(dtype) << " " << to_text(shape) << " " << to_text(set);
    }
  });
}

TEST(Reduction, has_the_same_bits_if_the_outer_axis_is_shared_or_the_data_is_moved) {
  for_each_reduction([](std::string_view name, DType dtype) {
    for (const InstructionSet set : available_instruction_sets())
      for (const std::int64_t inner : {1, 7, 70}) {
        const Array x = numbers(dtype, {5, 77, inner}, "shared");  // odd: each row is elsewhere
        const Array y = reduced(name, x, set);
        for (std::int64_t o = 0; o < 5; ++o) {
          Array one = Array::uninitialized({1, inner}, dtype);
          const auto* first = static_cast<const std::byte*>(x.data()) +
                              static_cast<std::size_t>(o * 77 * inner) * size_of(dtype);
          kernel_of(name).reduce(dtype, set)(first, one.mutable_data(), 1, 77, inner);
          EXPECT_EQ(bits_of(one), bits_of(y.rows(o, o + 1))) << name << " " << to_text(dtype);
          EXPECT_EQ(bits_of(reduced(name, x.rows(o, o + 1), set)), bits_of(one)) << name;
        }
      }
  });
}

TEST(Reduction, gives_the_same_bits_in_every_build) {
  std::vector<std::uint64_t> bits;
  for (const Shape& shape : shapes)
    for (const DType dtype : {float32, float64})
      for (const std::uint64_t b :
           bits_of(reduced("sum", numbers(dtype, shape, "builds"), best_instruction_set())))
        bits.push_back(b);
  EXPECT_EQ(checksum(bits), 0x7906be0dcb156feeu);
}

TEST(Reduction, nothing_gives_the_identity) {
  for (const InstructionSet set : available_instruction_sets())
    for (const std::int64_t inner : {1, 3, 70}) {
      const Array none = Array::zeros({2, 0, inner}),
                  no_integers = Array::zeros({2, 0, inner}, int32),
                  no_bools = Array::zeros({2, 0, inner}, boolean);
      EXPECT_THAT(reduced("sum", none, set).to_vector<float>(), Each(0));
      EXPECT_THAT(reduced("prod", none, set).to_vector<float>(), Each(1));
      EXPECT_THAT(reduced("max", none, set).to_vector<float>(), Each(-INFINITY));
      EXPECT_THAT(reduced("min", no_integers, set).to_vector<std::int32_t>(), Each(2147483647));
      EXPECT_THAT(reduced("all", no_bools, set).to_vector<bool>(), Each(true));
      EXPECT_THAT(reduced("any", no_bools, set).to_vector<bool>(), Each(false));
    }
}

// Folds the middle axis in order, in a wider type.
template <class Wide, class T>
std::vector<Wide> folded(const Array& x, Wide identity, auto combine) {
  const std::int64_t n = x.shape()[1], inner = x.shape()[2];
  std::vector<Wide> y(static_cast<std::size_t>(x.shape()[0] * inner), identity);
  for (std::int64_t k = 0; k < x.size(); ++k) {
    auto&& into = y[static_cast<std::size_t>(k / (n * inner) * inner + k % inner)];
    into = combine(into, static_cast<Wide>(x.values<T>()[static_cast<std::size_t>(k)]));
  }
  return y;
}

template <class T>
void expect_sums_within(double epsilons) {
  for (const Shape& shape : shapes) {
    const Array x = numbers(dtype_of<T>(), shape, "error");
    const auto want = folded<long double, T>(x, 0, [](auto a, auto b) { return a + b; });
    const auto sizes = folded<long double, T>(x, 0, [](auto a, auto b) { return a + std::abs(b); });
    const std::vector<T> got = reduced("sum", x, best_instruction_set()).template to_vector<T>();
    for (std::size_t i = 0; i < want.size(); ++i)
      EXPECT_LE(std::abs(got[i] - want[i]),
                epsilons * sizes[i] * static_cast<long double>(std::numeric_limits<T>::epsilon()))
          << to_text(shape);
  }
}

TEST(Reduction, a_sum_is_nearly_exact) {
  // A tree of depth d errs by at most d eps / 2 times the sum of the sizes; 31 in a row are
  // deepest.
  expect_sums_within<float>(3);
  expect_sums_within<double>(3);
}

TEST(Reduction, a_million_equal_numbers_are_summed_without_drift) {
  const Array x = Array::full({1, 1000000, 1}, 0.1f);
  const double exact = 1000000.0 * static_cast<double>(0.1f);
  EXPECT_NEAR(reduced("sum", x, best_instruction_set()).item<float>() / exact, 1, 2e-7);
}

TEST(Reduction, integers_wrap) {
  for (const InstructionSet set : available_instruction_sets())
    for (const Shape& shape : shapes) {
      const Array x = samples(int64, "integers"),
                  part = x.rows(0, std::min<std::int64_t>(sample_count, shape.element_count()));
      const Array row = part.reshaped({1, any_size, 1});
      std::uint64_t sum = 0;
      for (const std::int64_t v : part.values<std::int64_t>()) sum += static_cast<std::uint64_t>(v);
      EXPECT_EQ(reduced("sum", row, set).item<std::int64_t>(), static_cast<std::int64_t>(sum));
    }
}

TEST(Reduction, max_min_all_and_any_are_those_of_the_elements) {
  for (const Shape& shape : shapes)
    for (const InstructionSet set : available_instruction_sets()) {
      const Array x = numbers(float32, shape, "max"), b = numbers(boolean, shape, "any");
      const auto largest = [](float a, float v) { return std::max(a, v); };
      const auto least = [](float a, float v) { return std::min(a, v); };
      EXPECT_EQ(reduced("max", x, set).to_vector<float>(),
                (folded<float, float>(x, -INFINITY, largest)));
      EXPECT_EQ(reduced("min", x, set).to_vector<float>(),
                (folded<float, float>(x, INFINITY, least)));
      const auto both = [](bool a, bool v) { return a && v; };
      const auto either = [](bool a, bool v) { return a || v; };
      EXPECT_EQ(reduced("all", b, set).to_vector<bool>(), (folded<bool, bool>(b, true, both)));
      EXPECT_EQ(reduced("any", b, set).to_vector<bool>(), (folded<bool, bool>(b, false, either)));
    }
}

TEST(Reduction, nan_spreads_through_max_and_min_from_every_place) {
  for (const std::int64_t n : {7, 100})
    for (std::int64_t at = 0; at < n; ++at)
      for (const InstructionSet set : available_instruction_sets())
        for (const char* name : {"max", "min", "sum"}) {
          Array x = Array::zeros({1, n, 1});
          x.mutable_values<float>()[static_cast<std::size_t>(at)] = NAN;
          EXPECT_TRUE(std::isnan(reduced(name, x, set).item<float>())) << name << " " << at;
        }
}

std::vector<std::int64_t> arg(ArgReduce reduce, const Array& x) {
  std::vector<std::int64_t> y(static_cast<std::size_t>(x.shape()[0] * x.shape()[2]));
  reduce(x.data(), y.data(), x.shape()[0], x.shape()[1], x.shape()[2]);
  return y;
}

TEST(ArgReduction, finds_the_first_of_equals) {
  for (const DType dtype : {float32, float64, int32, int64}) {
    const Array x({{{1}, {5}, {-2}, {5}, {-2}}}, dtype);
    EXPECT_THAT(arg(argmax_reduce(dtype), x), ElementsAre(1)) << to_text(dtype);
    EXPECT_THAT(arg(argmin_reduce(dtype), x), ElementsAre(2)) << to_text(dtype);
  }
}

TEST(ArgReduction, runs_over_the_middle_axis) {
  const Array x({{{1, 9}, {2, 8}}, {{4, 3}, {3, 4}}});
  EXPECT_THAT(arg(argmax_reduce(float32), x), ElementsAre(1, 0, 0, 1));
  EXPECT_THAT(arg(argmin_reduce(float32), x), ElementsAre(0, 1, 1, 0));
}

TEST(ArgReduction, the_first_nan_is_before_all) {
  const Array x({1, 4, 1}, std::vector<float>{1, NAN, INFINITY, NAN});
  EXPECT_THAT(arg(argmax_reduce(float32), x), ElementsAre(1));
  EXPECT_THAT(arg(argmin_reduce(float32), x), ElementsAre(1));
}

TEST(ArgReduction, is_not_made_for_bool) {
  EXPECT_EQ(argmax_reduce(boolean), nullptr);
  EXPECT_EQ(argmin_reduce(boolean), nullptr);
}

}  // namespace
}  // namespace gradus
