#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "kernels/samples.h"
#include "kernels/sheet/sheet.h"

namespace gradus {
namespace {

// A function of the sheet in the next wider type, and the error allowed in units in the last place.
template <class Wide>
struct Reference {
  std::string_view name;
  std::function<Wide(Wide)> value;
  double ulp_limit;
};

template <class Wide>
std::vector<Reference<Wide>> references() {
  return {
      {"sqrt", [](Wide x) { return std::sqrt(x); }, 0.5001},
      {"exp", [](Wide x) { return std::exp(x); }, 1.2},
      {"expm1", [](Wide x) { return std::expm1(x); }, 2},
      {"log", [](Wide x) { return std::log(x); }, 1},
      {"log1p", [](Wide x) { return std::log1p(x); }, 1},
      {"tanh", [](Wide x) { return std::tanh(x); }, 3},
      {"floor", [](Wide x) { return std::floor(x); }, 0},
      {"ceil", [](Wide x) { return std::ceil(x); }, 0},
      {"round", [](Wide x) { return std::nearbyint(x); }, 0},
      {"rsqrt", [](Wide x) { return 1 / std::sqrt(x); }, 1.6},
      {"log2", [](Wide x) { return std::log2(x); }, 4},
      {"sin", [](Wide x) { return std::sin(x); }, 4},
      {"cos", [](Wide x) { return std::cos(x); }, 4},
      {"tan", [](Wide x) { return std::tan(x); }, 4},
      {"asin", [](Wide x) { return std::asin(x); }, 4},
      {"acos", [](Wide x) { return std::acos(x); }, 4},
      {"atan", [](Wide x) { return std::atan(x); }, 4},
      {"sinh", [](Wide x) { return std::sinh(x); }, 4},
      {"cosh", [](Wide x) { return std::cosh(x); }, 4},
      {"asinh", [](Wide x) { return std::asinh(x); }, 4},
      {"acosh", [](Wide x) { return std::acosh(x); }, 4},
      {"atanh", [](Wide x) { return std::atanh(x); }, 4},
      {"erf", [](Wide x) { return std::erf(x); }, 4},
      {"gelu",
       [](Wide x) { return x < -100 ? -Wide{0} : x / 2 * std::erfc(-x * std::sqrt(Wide{0.5})); },
       4},
      {"gelu_tanh",
       [](Wide x) {
         const Wide root = std::sqrt(2 / std::numbers::pi_v<Wide>);
         const Wide z2 = 2 * root * (x + Wide(0.044715L) * x * x * x);
         return x < -100 ? -Wide{0} : x / (1 + std::exp(-z2));
       },
       4},
      {"elu", [](Wide x) { return x > 0 ? x : std::expm1(x); }, 2},
      {"sigmoid",
       [](Wide x) {
         const Wide e = std::exp(-std::abs(x));
         return (x < 0 ? e : 1) / (1 + e);
       },
       2.5},
      {"softplus",
       [](Wide x) {
         return std::isnan(x) ? x : std::max(x, Wide{0}) + std::log1p(std::exp(-std::abs(x)));
       },
       2},
  };
}

template <class T>
using Wider = std::conditional_t<std::same_as<T, float>, double, long double>;

// Infinite where one of the two is NaN or infinite and the other is not the same.
template <class T>
double ulps(T got, Wider<T> want) {
  const T rounded = static_cast<T>(want);
  if (std::isnan(want) || std::isinf(rounded) || !std::isfinite(got)) {
    const bool is_same = std::isnan(want) ? std::isnan(got) : got == rounded;
    return is_same ? 0 : std::numeric_limits<double>::infinity();
  }
  using Limits = std::numeric_limits<T>;
  const int exponent =
      std::max(rounded == 0 ? Limits::min_exponent : std::ilogb(rounded) + 1, Limits::min_exponent);
  return static_cast<double>(std::abs(std::ldexp(got - want, Limits::digits - exponent)));
}

template <class T>
std::vector<T> evaluate(std::string_view name, InstructionSet set, const std::vector<T>& x) {
  const std::vector<T> ones(x.size(), 1);
  std::vector<T> y(x.size());
  for (const SheetFormula& formula : sheet_formulas())
    if (formula.name == name) {
      const void* inputs[] = {x.data(), ones.data()};
      formula.kernel.tile(dtype_of<T>(), set)(inputs, y.data(), std::ssize(x));
    }
  return y;
}

template <class T>
void expect_small_errors(const std::vector<T>& x) {
  for (const auto& reference : references<Wider<T>>()) {
    std::vector<Wider<T>> want(x.size());
    std::transform(x.begin(), x.end(), want.begin(), reference.value);
    for (const InstructionSet set : available_instruction_sets()) {
      const std::vector<T> got = evaluate(reference.name, set, x);
      std::size_t worst = 0;
      for (std::size_t i = 0; i < x.size(); ++i)
        if (ulps(got[i], want[i]) > ulps(got[worst], want[worst])) worst = i;
      const double error = ulps(got[worst], want[worst]);
      ::testing::Test::RecordProperty(
          fmt::format("{}_{}_{}", reference.name, to_text(dtype_of<T>()), to_text(set)),
          fmt::format("{:.2f}", error));
      EXPECT_LE(error, reference.ulp_limit)
          << fmt::format("{} {} {} at {}: {}, not {}", reference.name, to_text(dtype_of<T>()),
                         to_text(set), x[worst], got[worst], static_cast<T>(want[worst]));
    }
  }
}

std::vector<float> every_float(std::uint64_t step) {
  std::vector<float> x;
  for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += step)
    x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  return x;
}

TEST(LaneMath, is_right_to_4_units_in_the_last_place_in_float32) {
  expect_small_errors(every_float(20011));
}

TEST(LaneMath, slow_is_right_to_4_units_in_the_last_place_in_float32_at_many_points) {
  expect_small_errors(every_float(499));
}

TEST(LaneMath, is_right_to_4_units_in_the_last_place_in_float64) {
  std::vector<double> x;
  Random random(1, "doubles");
  for (int i = 0; i < 20000; ++i) x.push_back(random_element<double>(random, false));
  for (const double range : {1e-17, 1e-8, 1e-3, 0.5, 1.0, 3.0, 40.0, 745.0, 1e6})
    for (int i = 0; i < 12000; ++i) x.push_back(random.uniform(-range, range));
  for (int i = 0; i < 12000; ++i) x.push_back(random.uniform(0.5, 2));
  expect_small_errors(x);
}

template <class T>
void expect_right_at_special_values() {
  const std::vector<T> x = special_values<T>();
  for (const auto& reference : references<Wider<T>>())
    for (const InstructionSet set : available_instruction_sets()) {
      const std::vector<T> y = evaluate(reference.name, set, x);
      for (std::size_t i = 0; i < x.size(); ++i) {
        const Wider<T> want = reference.value(x[i]);
        EXPECT_LE(ulps(y[i], want), reference.ulp_limit)
            << fmt::format("{} {} {}", reference.name, to_text(set), x[i]);
        const bool has_sign = !std::isnan(want);
        EXPECT_EQ(has_sign && std::signbit(y[i]), has_sign && std::signbit(want))
            << fmt::format("{} {} {}", reference.name, to_text(set), x[i]);
      }
    }
}

TEST(LaneMath, is_right_at_zeros_infinities_denormals_and_nan) {
  expect_right_at_special_values<float>();
  expect_right_at_special_values<double>();
}

// A function of two operands; both take all values of random bits, and moderate ones.
template <class T>
struct PairReference {
  std::string_view name;
  std::function<long double(long double, long double)> value;
};

template <class T>
void expect_right_of_pairs(const std::vector<T>& a, const std::vector<T>& b) {
  const PairReference<T> references[] = {
      // glibc's powl takes -2^63 for an odd exponent of -inf; its pow does not.
      {"pow",
       [](long double x, long double y) -> long double {
         return std::isinf(x) ? std::pow(static_cast<double>(x), static_cast<double>(y))
                              : std::pow(x, y);
       }},
      {"atan2", [](long double y, long double x) { return std::atan2(y, x); }},
      {"hypot", [](long double x, long double y) { return std::hypot(x, y); }}};
  for (const auto& reference : references)
    for (const InstructionSet set : available_instruction_sets())
      for (const SheetFormula& formula : sheet_formulas()) {
        if (formula.name != reference.name) continue;
        std::vector<T> y(a.size());
        const void* inputs[] = {a.data(), b.data()};
        formula.kernel.tile(dtype_of<T>(), set)(inputs, y.data(), std::ssize(a));
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < a.size(); ++i) {
          const auto want = reference.value(a[i], b[i]);
          const bool has_wrong_sign = !std::isnan(want) && std::signbit(y[i]) != std::signbit(want);
          if (ulps(y[i], static_cast<Wider<T>>(want)) <= 4 && !has_wrong_sign) continue;
          if (++wrong <= 3)
            ADD_FAILURE() << fmt::format("{} {} of {} and {}: {}, not {}", reference.name,
                                         to_text(set), a[i], b[i], y[i], static_cast<T>(want));
        }
        EXPECT_EQ(wrong, 0u);
      }
}

template <class T>
void expect_right_of_many_pairs() {
  std::vector<T> a, b;
  for (T x : special_values<T>())
    for (T y : {T(0), T(-0.0), T(1), T(-1), T(3), T(-4), T(0.5), T(-2.5)})
      a.push_back(x), b.push_back(y), a.push_back(y), b.push_back(x);
  for (T x : special_values<T>())
    for (T y : special_values<T>()) a.push_back(x), b.push_back(y);
  Random random(1, "pairs");
  for (int i = 0; i < 20000; ++i) {
    a.push_back(random_element<T>(random, i % 2 == 0));
    b.push_back(random_element<T>(random, i % 3 == 0));
  }
  for (const double range : {4.0, 300.0, 1e4})
    for (int i = 0; i < 20000; ++i) {
      a.push_back(static_cast<T>(std::exp(random.uniform(-1, 1) * 600 / range)));
      b.push_back(static_cast<T>(random.uniform(-range, range)));
    }
  expect_right_of_pairs(a, b);
}

TEST(LaneMath, of_two_operands_is_right_to_4_units_in_the_last_place) {
  expect_right_of_many_pairs<float>();
  expect_right_of_many_pairs<double>();
}

}  // namespace
}  // namespace gradus
