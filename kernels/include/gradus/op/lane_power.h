// Powers of float lanes: log2, pow, rsqrt, hypot.
#pragma once

#include <gradus/op/lane_pair.h>
#include <gradus/op/lane_rounding.h>

namespace gradus {
namespace lane_detail {

// 2/5, 2/7, ...
inline constexpr auto log_tail = [] {
  std::array<double, 10> c{};
  for (std::size_t k = 0; k < c.size(); ++k) c[k] = 2.0 / static_cast<double>(2 * k + 5);
  return c;
}();

// x > 0 as m 2^e, denormals too.
template <InstructionSet set>
[[gnu::always_inline]] constexpr Split<double, set> split_any(Lane<double, set> x) {
  const auto denormal = x < std::numeric_limits<double>::min();
  const auto [m, e] = split(where(denormal, x * 0x1p54, x));
  return {m, e - where(denormal, Lane<double, set>(54), Lane<double, set>(0))};
}

// log(x) to some 65 digits, for finite x > 0. With s = (m - 1) / (m + 1) and z = s^2,
// log(m) = 2 s + s z (2/3 + z 2/5 + z^2 2/7 + ...); the first two terms need all digits.
template <InstructionSet set>
[[gnu::always_inline]] constexpr Pair<set> log_pair(Lane<double, set> x) {
  using L = Lane<double, set>;
  const auto [m, e] = split_any(x);
  const L f = m - 1;
  const Pair<set> d = two_sum(m, L(1));
  const L quotient = f / d.high;
  const Pair<set> back = two_product(quotient, d.high);
  const Pair<set> s =
      fast_two_sum(quotient, ((f - back.high) - back.low - quotient * d.low) / d.high);
  const Pair<set> z = multiply(s, s);
  const Pair<set> third =
      fast_two_sum(L(0x1.5555555555555p-1), z.high * polynomial<log_tail>(z.high));
  const Pair<set> factor{third.high, third.low + 0x1.5555555555555p-55};
  const Pair<set> tail = multiply(multiply(s, z), factor);
  const Pair<set> a = two_sum(e * Constants<double>::ln2_hi, 2 * s.high);
  const Pair<set> b = two_sum(a.high, tail.high);
  return fast_two_sum(b.high,
                      b.low + (a.low + (2 * s.low + (tail.low + e * Constants<double>::ln2_lo))));
}

}  // namespace lane_detail

// Exact for powers of 2.
template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> log2(Lane<T, set> argument) {
  using namespace lane_detail;
  using L = Lane<double, set>;
  const L x = widen(argument);
  const auto [m, e] = split_any(x);
  const L y = log_of_split(m - 1, L(0), L(0));
  return narrow<T>(with_log_edges(x, 0.0, e + y * 1.44269504088896340736));
}

// As C has it: x^0 = 1 and 1^y = 1, of NaN too; a negative base with a broken exponent gives NaN.
template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> pow(Lane<T, set> base, Lane<T, set> exponent) {
  using namespace lane_detail;
  using L = Lane<double, set>;
  const L x = widen(base), y = widen(exponent);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const L a = abs(x);
  const Pair<set> logarithm = log_pair(a);
  const L clamped = clamp(y, -0x1p64, 0x1p64);  // beyond, every power is 0, 1 or inf as here
  const Pair<set> product = two_product(clamped, logarithm.high);
  const L lost = product.low + clamped * logarithm.low;
  L power = times_exp(1 + where(abs(product.high) < 1200, lost, 0), product.high);
  const L grown = where(y > 0, infinity, 0), shrunk = where(y > 0, L(0), L(infinity));
  power = where(a == 0, shrunk, where(a == infinity, grown, power));

  const L half = 0.5 * y;
  const auto is_whole = round(y) == y, is_odd = is_whole & (round(half) != half);
  const auto is_negative = Mask<double, set>::of_bits(-(x.bits() >> 63));
  power = where(is_odd & is_negative, -power, power);
  const auto has_none = (x < 0) & (x > -infinity) & ~is_whole;
  power = where(has_none | (x != x) | (y != y), std::numeric_limits<double>::quiet_NaN(), power);
  return narrow<T>(where((x == 1) | (y == 0), 1, power));
}

// 1 / sqrt(x)
template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> rsqrt(Lane<T, set> x) {
  return 1 / sqrt(x);
}

// sqrt(a^2 + b^2) without overflow; infinite if either is, though the other be NaN.
template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> hypot(Lane<T, set> x, Lane<T, set> y) {
  using L = Lane<double, set>;
  const L a = lane_detail::widen(x), b = lane_detail::widen(y);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const L largest = maximum(abs(a), abs(b));
  const auto is_large = largest > 0x1p500, is_small = largest < 0x1p-450;
  const L factor = where(is_large, 0x1p-600, where(is_small, L(0x1p600), L(1)));
  const L back = where(is_large, 0x1p600, where(is_small, L(0x1p-600), L(1)));
  const L p = a * factor, q = b * factor;
  const L root = sqrt(p * p + q * q) * back;
  return lane_detail::narrow<T>(where((abs(a) == infinity) | (abs(b) == infinity), infinity, root));
}

}  // namespace gradus
