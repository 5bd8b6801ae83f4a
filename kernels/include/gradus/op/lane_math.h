// exp, log and their relatives on float lanes: an exact range reduction, then a Taylor series. The
// error stays under 3 units in the last place, denormals included.
#pragma once

#include <array>
#include <cstddef>
#include <limits>

#include <gradus/op/lane.h>

namespace gradus {

template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> sqrt(Lane<T, set> x) {
  if constexpr (std::same_as<T, float>)
    return __builtin_sqrtf(x.value);
  else
    return __builtin_sqrt(x.value);
}

// a b + c, rounded once on instruction sets that have it and twice on the others: never by chance.
template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> fma(Lane<T, set> a, Lane<T, set> b, Lane<T, set> c) {
  if constexpr (!has_fma(set))
    return a * b + c;
  else if constexpr (std::same_as<T, float>)
    return __builtin_fmaf(a.value, b.value, c.value);
  else
    return __builtin_fma(a.value, b.value, c.value);
}

template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> with_sign_of(Lane<T, set> x, Lane<T, set> sign) {
  using L = Lane<T, set>;
  return L::of_bits((x.bits() & L::magnitude) | (sign.bits() & ~L::magnitude));
}

namespace lane_detail {

template <class T>
struct Constants;
template <>
struct Constants<float> {
  static constexpr int mantissa = 23, bias = 127;
  static constexpr std::size_t exp_terms = 6, log_terms = 4;
  // ln2_hi has so few digits that n ln2_hi is exact for every exponent n.
  static constexpr float ln2_hi = 0x1.62e4p-1f, ln2_lo = 0x1.7f7d1cp-20f;
  // 1000 e^exp_lowest is 0, and 2^(n / 2) of it is normal.
  static constexpr float exp_lowest = -156, exp_highest = 89, expm1_lowest = -18;
  static constexpr float tanh_highest = 9.5f;             // tanh is 1 from here on
  static constexpr std::uint32_t sqrt_half = 0x3f3504f3;  // the bits of sqrt(1/2)
};
template <>
struct Constants<double> {
  static constexpr int mantissa = 52, bias = 1023;
  static constexpr std::size_t exp_terms = 12, log_terms = 10;
  static constexpr double ln2_hi = 0x1.62e42fefap-1, ln2_lo = 0x1.cf79abc9e3b3ap-40;
  static constexpr double exp_lowest = -1119, exp_highest = 710, expm1_lowest = -40;
  static constexpr double tanh_highest = 20;
  static constexpr std::uint64_t sqrt_half = 0x3fe6a09e667f3bcd;
};

// 1/2!, 1/3!, 1/4!, ...
template <class T>
inline constexpr auto exp_series = [] {
  std::array<T, Constants<T>::exp_terms> c{};
  double factorial = 1;
  for (std::size_t k = 0; k < c.size(); ++k) {
    factorial *= static_cast<double>(k + 2);
    c[k] = static_cast<T>(1 / factorial);
  }
  return c;
}();
// 2/3, 2/5, 2/7, ...
template <class T>
inline constexpr auto log_series = [] {
  std::array<T, Constants<T>::log_terms> c{};
  for (std::size_t k = 0; k < c.size(); ++k)
    c[k] = static_cast<T>(2.0 / static_cast<double>(2 * k + 3));
  return c;
}();

// c[0] + x (c[1] + x (c[2] + ...))
template <const auto& c, std::size_t k = 0, Element T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> polynomial(Lane<T, set> x) {
  if constexpr (k + 1 == c.size())
    return c[k];
  else
    return fma(polynomial<c, k + 1>(x), x, Lane<T, set>(c[k]));
}

// The nearest whole number, as a lane and in the low bits of an integer.
template <Element T, InstructionSet set>
struct Rounded {
  Lane<T, set> value;
  typename Format<T>::Bits integer;
};
template <Element T, InstructionSet set>
[[gnu::always_inline]] constexpr Rounded<T, set> nearest(Lane<T, set> x) {
  // 1.5 2^mantissa: a sum with it has no room for a fraction.
  constexpr Lane<T, set> magic =
      1.5 * static_cast<double>(std::uint64_t{1} << Constants<T>::mantissa);
  const Lane<T, set> shifted = x + magic;
  return {shifted - magic, shifted.bits() - magic.bits()};
}

template <Element T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> two_to_the(typename Format<T>::Bits n) {
  return Lane<T, set>::of_bits((n + Constants<T>::bias) << Constants<T>::mantissa);
}

// x = n ln2 + r with |r| <= ln2 / 2; then e^x = 2^n e^r.
template <Element T, InstructionSet set>
struct Reduced {
  typename Format<T>::Bits n;
  Lane<T, set> expm1_of_r;  // r + r^2 (1/2! + r/3! + r^2/4! + ...)
};
template <Element T, InstructionSet set>
[[gnu::always_inline]] constexpr Reduced<T, set> reduce_exponent(Lane<T, set> x) {
  using L = Lane<T, set>;
  using C = Constants<T>;
  const Rounded<T, set> n = nearest(x * L(1.44269504088896340736));
  const L r = fma(-n.value, L(C::ln2_lo), fma(-n.value, L(C::ln2_hi), x));
  return {n.integer, fma(r * r, polynomial<exp_series<T>>(r), r)};
}

template <Element T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> clamp(Lane<T, set> x, T low, T high) {
  x = where(x < low, low, x);
  return where(x > high, high, x);
}

// For expm1_lowest <= x <= exp_highest: 2^n (e^r - 1) + (2^n - 1), halved so that 2^n is finite.
template <Element T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> expm1_in_range(Lane<T, set> x) {
  const Reduced<T, set> reduced = reduce_exponent(x);
  const Lane<T, set> half = two_to_the<T, set>(reduced.n - 1);
  const Lane<T, set> y = fma(half, reduced.expm1_of_r, half - 0.5);
  return y + y;
}

// x = m 2^e with sqrt(1/2) <= m < sqrt(2), for positive normal x.
template <Element T, InstructionSet set>
struct Split {
  Lane<T, set> m, e;
};
template <Element T, InstructionSet set>
[[gnu::always_inline]] constexpr Split<T, set> split(Lane<T, set> x) {
  using L = Lane<T, set>;
  using C = Constants<T>;
  using Bits = typename L::Bits;
  constexpr Bits one = Bits{C::bias} << C::mantissa, digits = (Bits{1} << C::mantissa) - 1;
  constexpr Bits magic = Bits{C::bias + C::mantissa} << C::mantissa;  // its low bits count in ones
  const Bits shifted = x.bits() + (one - C::sqrt_half);
  const L e = L::of_bits(magic | (shifted >> C::mantissa)) - L::of_bits(magic | Bits{C::bias});
  return {L::of_bits((shifted & digits) + C::sqrt_half), e};
}

// log(1 + f) + e ln2 + rest. With s = f / (2 + f) and z = s^2,
// log(1 + f) = f - f^2/2 + s (f^2/2 + z (2/3 + z 2/5 + z^2 2/7 + ...)).
template <Element T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> log_of_split(Lane<T, set> f, Lane<T, set> e,
                                                           Lane<T, set> rest) {
  using L = Lane<T, set>;
  using C = Constants<T>;
  const L s = f / (2 + f), z = s * s;
  const L half_square = 0.5 * f * f;
  const L series = fma(z, polynomial<log_series<T>>(z), half_square);
  const L small = fma(s, series, fma(e, L(C::ln2_lo), rest));
  return fma(e, L(C::ln2_hi), f - (half_square - small));
}

// Minus infinity at the pole, NaN below it; infinity and NaN are their own logarithms.
template <Element T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> with_log_edges(Lane<T, set> x, T pole,
                                                             Lane<T, set> y) {
  constexpr T infinity = std::numeric_limits<T>::infinity();
  y = where(x == pole, -infinity, y);
  y = where(x < pole, std::numeric_limits<T>::quiet_NaN(), y);
  return where(x < infinity, y, x);
}

}  // namespace lane_detail

// f e^x for |f| up to 1000, rounded to a denormal once, however small e^x alone is.
template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> times_exp(Lane<T, set> f, Lane<T, set> x) {
  using C = lane_detail::Constants<T>;
  const auto [n, expm1_of_r] =
      lane_detail::reduce_exponent(lane_detail::clamp(x, C::exp_lowest, C::exp_highest));
  // 2^n alone may overflow or be denormal: two factors, and only the last product rounds.
  const auto half = ((n + 2 * C::bias) >> 1) - C::bias;
  return f * (1 + expm1_of_r) * lane_detail::two_to_the<T, set>(half) *
         lane_detail::two_to_the<T, set>(n - half);
}

template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> exp(Lane<T, set> x) {
  return times_exp(Lane<T, set>(1), x);
}

// e^x - 1, exact where x is small.
template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> expm1(Lane<T, set> x) {
  using C = lane_detail::Constants<T>;
  const Lane<T, set> y =
      lane_detail::expm1_in_range(lane_detail::clamp(x, C::expm1_lowest, C::exp_highest));
  return where(abs(x) < std::numeric_limits<T>::epsilon() / 2, x, y);  // keeps -0 and denormals
}

// expm1(x), to the bit, for x <= 0 and NaN; any number for others.
template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> expm1_of_negative(Lane<T, set> x) {
  using C = lane_detail::Constants<T>;
  const auto [n, expm1_of_r] =
      lane_detail::reduce_exponent(where(x < C::expm1_lowest, C::expm1_lowest, x));
  const Lane<T, set> power = lane_detail::two_to_the<T, set>(n);
  const Lane<T, set> y = fma(power, expm1_of_r, power - 1);
  return where(x > -std::numeric_limits<T>::epsilon() / 2, x, y);  // keeps -0 and denormals
}

template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> log(Lane<T, set> x) {
  using L = Lane<T, set>;
  constexpr int lift = lane_detail::Constants<T>::mantissa + 2;
  const auto denormal = x < std::numeric_limits<T>::min();
  const auto [m, e] =
      lane_detail::split(where(denormal, x * lane_detail::two_to_the<T, set>(lift), x));
  const L y = lane_detail::log_of_split(m - 1, e - where(denormal, lift, 0), L(0));
  return lane_detail::with_log_edges(x, T{0}, y);
}

// log(1 + x), exact where x is small.
template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> log1p(Lane<T, set> x) {
  using L = Lane<T, set>;
  const L u = 1 + x;
  const auto [m, e] = lane_detail::split(u);
  const L lost = where(e > 1, 1 - (u - x), x - (u - 1)) / u;  // what rounding took from 1 + x
  const auto plain = e == 0;
  const L y = lane_detail::log_of_split(where(plain, x, m - 1), e, where(plain, 0, lost));
  return lane_detail::with_log_edges(x, T{-1}, where(x == 0, x, y));
}

// t / (t + 2) with t = e^(2|x|) - 1.
template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> tanh(Lane<T, set> x) {
  const Lane<T, set> a = abs(x);
  const Lane<T, set> c = where(a > lane_detail::Constants<T>::tanh_highest,
                               lane_detail::Constants<T>::tanh_highest, a);
  const Lane<T, set> t = lane_detail::expm1_in_range(c + c);
  return with_sign_of(t / (t + 2), x);
}

}  // namespace gradus
