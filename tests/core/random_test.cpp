#include <gradus/random.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "core/refusal.h"

namespace gradus {
namespace {

using Words = std::array<std::uint32_t, 4>;

// The vectors of Random123's kat_vectors, philox4x32 with 10 rounds.
TEST(Philox, gives_the_published_words) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox({ones, ones, ones, ones}, {ones, ones}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, of_the_same_seed_and_purpose_is_the_same) {
  Random a(42, "encoder/W1"), b(42, "encoder/W1");
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(a.bits(), b.bits());
}

TEST(Random, differs_by_every_bit_of_the_seed_and_by_purpose) {
  std::vector<std::uint64_t> first;
  const auto add = [&](Random random) {
    const std::uint64_t upper = random.bits();
    first.push_back(upper << 32 | random.bits());
  };
  add(Random(0, "x"));
  for (int bit = 0; bit < 64; ++bit) add(Random(std::uint64_t{1} << bit, "x"));
  for (std::string_view purpose : {"", "y", "x ", "xx", "encoder/W1", "encoder/W2"})
    add(Random(0, purpose));
  std::ranges::sort(first);
  EXPECT_EQ(std::ranges::adjacent_find(first), first.end());
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const auto n = static_cast<double>(a.size());
  const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / n;
  const double mean_b = std::accumulate(b.begin(), b.end(), 0.0) / n;
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return ab / std::sqrt(aa * bb);
}

std::vector<double> uniforms(std::uint64_t seed, std::string_view purpose, std::size_t n) {
  Random random(seed, purpose);
  std::vector<double> values(n);
  for (double& v : values) v = random.uniform();
  return values;
}

// The deviation of a correlation of n independent pairs is 1 / sqrt(n): 5 of them are the limit.
TEST(Random, streams_of_neighbouring_purposes_and_seeds_are_independent) {
  const std::size_t n = 100000;
  const double limit = 5 / std::sqrt(static_cast<double>(n));
  const auto base = uniforms(7, "W1", n);
  EXPECT_LT(std::abs(correlation(base, uniforms(7, "W2", n))), limit);
  EXPECT_LT(std::abs(correlation(base, uniforms(8, "W1", n))), limit);
  const std::vector<double> after(base.begin() + 1, base.end());
  EXPECT_LT(std::abs(correlation({base.begin(), base.end() - 1}, after)), limit);
}

TEST(Random, uniform_numbers_fill_the_unit_interval_evenly) {
  const std::size_t n = 1000000;
  const auto u = uniforms(1, "uniform", n);
  EXPECT_GE(*std::ranges::min_element(u), 0);
  EXPECT_LT(*std::ranges::max_element(u), 1);
  for (int power = 1; power <= 4; ++power) {
    double moment = 0;
    for (double x : u) moment += std::pow(x, power);
    EXPECT_NEAR(moment / static_cast<double>(n), 1.0 / (power + 1), 5 / std::sqrt(1e6 * 12))
        << power;
  }
  std::vector<int> bins(100);
  for (double x : u) ++bins[static_cast<std::size_t>(x * 100)];
  double chi_square = 0;
  for (int count : bins) chi_square += (count - 1e4) * (count - 1e4) / 1e4;
  EXPECT_LT(chi_square, 99 + 5 * std::sqrt(2 * 99.0));
}

TEST(Random, uniform_numbers_use_all_53_bits) {
  std::uint64_t seen = 0;
  for (double x : uniforms(3, "bits", 1000)) {
    const double steps = x * 0x1p53;
    ASSERT_EQ(steps, std::floor(steps));
    seen |= static_cast<std::uint64_t>(steps);
  }
  EXPECT_EQ(seen, (std::uint64_t{1} << 53) - 1);
}

TEST(Random, uniform_numbers_of_an_interval_stay_in_it) {
  Random random(5, "interval");
  for (int i = 0; i < 10000; ++i) {
    const double x = random.uniform(-3, -1);
    ASSERT_TRUE(x >= -3 && x < -1) << x;
  }
}

TEST(Random, normal_numbers_have_the_moments_of_the_standard_normal) {
  Random random(11, "normal");
  const int n = 1000000;
  double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
  for (int i = 0; i < n; ++i) {
    const double x = random.normal();
    m1 += x;
    m2 += x * x;
    m3 += x * x * x;
    m4 += x * x * x * x;
  }
  // Five deviations of each estimate: 1, sqrt(2), sqrt(15), sqrt(96) over sqrt(n).
  EXPECT_NEAR(m1 / n, 0, 0.005);
  EXPECT_NEAR(m2 / n, 1, 0.0071);
  EXPECT_NEAR(m3 / n, 0, 0.0194);
  EXPECT_NEAR(m4 / n, 3, 0.049);
}

TEST(Random, truncated_normal_numbers_lie_within_two_deviations) {
  Random random(13, "truncated");
  const int n = 200000;
  double square = 0;
  for (int i = 0; i < n; ++i) {
    const double x = random.truncated_normal();
    ASSERT_LE(std::abs(x), 2);
    square += x * x;
  }
  EXPECT_NEAR(square / n, 0.7737413, 0.01);  // the variance of a normal number cut at 2
}

TEST(Random, below_gives_each_integer_equally_often) {
  Random random(17, "below");
  std::vector<int> count(7);
  const int n = 700000;
  for (int i = 0; i < n; ++i) ++count[static_cast<std::size_t>(random.below(7))];
  for (int c : count) EXPECT_NEAR(c, 100000, 5 * std::sqrt(100000 * 6 / 7.0));
}

// A plain remainder of 64 bits would give the lower two thirds of 3 * 2^61 half as often again as
// the rest: the mean would be 0.458.
TEST(Random, below_a_large_bound_is_unbiased) {
  Random random(19, "large");
  constexpr std::int64_t bound = std::int64_t{3} << 61;
  const int n = 100000;
  double mean = 0;
  for (int i = 0; i < n; ++i) {
    const std::int64_t x = random.below(bound);
    ASSERT_TRUE(x >= 0 && x < bound);
    mean += static_cast<double>(x) / static_cast<double>(bound) / n;
  }
  EXPECT_NEAR(mean, 0.5, 5 / std::sqrt(12.0 * n));
}

TEST(Random, below_1_is_0) {
  Random random(23, "one");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(random.below(1), 0);
}

TEST(Random, refuses_a_bound_below_1) {
  Random random(29, "none");
  EXPECT_EQ(refusal<DataError>([&] { random.below(0); }),
            "random: below(0): the bound is less than 1");
  EXPECT_EQ(refusal<DataError>([&] { random.below(std::numeric_limits<std::int64_t>::min()); }),
            "random: below(-9223372036854775808): the bound is less than 1");
}

}  // namespace
}  // namespace gradus
