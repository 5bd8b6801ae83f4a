// Trigonometric functions on float lanes, of angles of any size, and their inverses.
#pragma once

#include <gradus/op/lane_quadrant.h>

namespace gradus {
namespace lane_detail {

// -1/3!, 1/5!, -1/7!, ... for first = 3; 1/4!, -1/6!, ... for first = 4.
template <std::size_t first, std::size_t terms>
inline constexpr auto alternating_series = [] {
  std::array<double, terms> c{};
  double factorial = first == 3 ? -6 : 24;
  for (std::size_t k = 0; k < terms; ++k) {
    c[k] = 1 / factorial;
    const double n = static_cast<double>(first + 2 * k);
    factorial *= -(n + 1) * (n + 2);
  }
  return c;
}();

template <InstructionSet set>
[[gnu::always_inline]] constexpr Lane<double, set> sin_of_rest(Pair<set> r) {
  const Lane<double, set> z = r.high * r.high;
  const Lane<double, set> cubic = r.high * z * polynomial<alternating_series<3, 8>>(z);
  return r.high + (cubic + r.low * (1 - 0.5 * z));
}
template <InstructionSet set>
[[gnu::always_inline]] constexpr Lane<double, set> cos_of_rest(Pair<set> r) {
  const Lane<double, set> z = r.high * r.high, half = 0.5 * z, y = 1 - half;
  const Lane<double, set> quartic = z * z * polynomial<alternating_series<4, 8>>(z);
  return y + (((1 - y) - half) + (quartic - r.high * r.low));
}

// With its sign turned where x is negative.
template <InstructionSet set>
[[gnu::always_inline]] constexpr Lane<double, set> times_sign_of(Lane<double, set> x,
                                                                 Lane<double, set> y) {
  return Lane<double, set>::of_bits(y.bits() ^ (x.bits() & ~Lane<double, set>::magnitude));
}
// All ones where that bit of the quadrant is set.
template <InstructionSet set>
[[gnu::always_inline]] constexpr Mask<double, set> has_bit(std::uint64_t quadrant, int bit) {
  return Mask<double, set>::of_bits(-(quadrant >> bit & 1));
}
template <InstructionSet set>
[[gnu::always_inline]] constexpr Lane<double, set> negative_where(Mask<double, set> which,
                                                                  Lane<double, set> y) {
  return Lane<double, set>::of_bits(y.bits() ^ (which.bits & ~Lane<double, set>::magnitude));
}
template <InstructionSet set>
[[gnu::always_inline]] constexpr Lane<double, set> nan_of_infinity(Lane<double, set> x,
                                                                   Lane<double, set> y) {
  return where(abs(x) < std::numeric_limits<double>::infinity(), y, x - x);
}

// atan of x >= 0: atan(x) = atan(c) + atan((x - c) / (1 + c x)) for the nearest c of 0, 1/2, 1,
// 3/2, inf; the coefficients are those of fdlibm's s_atan.c.
inline constexpr std::array<double, 11> atan_series{
    3.33333333333329318027e-01,  -1.99999999998764832476e-01, 1.42857142725034663711e-01,
    -1.11111104054623557880e-01, 9.09088713343650656196e-02,  -7.69187620504482999495e-02,
    6.66107313738753120669e-02,  -5.83357013379057348645e-02, 4.97687799461593236017e-02,
    -3.65315727442169155270e-02, 1.62858201153657823623e-02};
template <InstructionSet set>
[[gnu::always_inline]] constexpr Lane<double, set> atan_of_magnitude(Lane<double, set> x) {
  using L = Lane<double, set>;
  const auto first = x >= 0.4375, second = x >= 0.6875, third = x >= 1.1875, last = x >= 2.4375;
  const auto choose = [&](L zero, L half, L one, L more, L infinite) {
    return where(last, infinite, where(third, more, where(second, one, where(first, half, zero))));
  };
  const L t = choose(x, 2 * x - 1, x - 1, x - 1.5, -1) / choose(1, 2 + x, 1 + x, 1 + 1.5 * x, x);
  const L high = choose(0, 0x1.dac670561bb4fp-2, 0x1.921fb54442d18p-1, 0x1.f730bd281f69bp-1,
                        0x1.921fb54442d18p+0);
  const L low = choose(0, 0x1.a2b7f222f65e2p-56, 0x1.1a62633145c07p-55, 0x1.007887af0cbbdp-56,
                       0x1.1a62633145c07p-54);
  const L z = t * t;
  return high - ((t * z * polynomial<atan_series>(z) - low) - t);
}

}  // namespace lane_detail

template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> sin(Lane<T, set> argument) {
  using namespace lane_detail;
  const auto x = widen(argument);
  const auto [n, r] = reduce_angle(abs(x));
  const auto y = where(has_bit<set>(n, 0), cos_of_rest(r), sin_of_rest(r));
  return narrow<T>(nan_of_infinity(x, times_sign_of(x, negative_where(has_bit<set>(n, 1), y))));
}

template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> cos(Lane<T, set> argument) {
  using namespace lane_detail;
  const auto x = widen(argument);
  const auto [n, r] = reduce_angle(abs(x));
  const auto y = where(has_bit<set>(n, 0), sin_of_rest(r), cos_of_rest(r));
  return narrow<T>(nan_of_infinity(x, negative_where(has_bit<set>(n + 1, 1), y)));
}

template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> tan(Lane<T, set> argument) {
  using namespace lane_detail;
  const auto x = widen(argument);
  const auto [n, r] = reduce_angle(abs(x));
  const auto s = sin_of_rest(r), c = cos_of_rest(r);
  const auto is_odd = has_bit<set>(n, 0);
  const auto y = negative_where(is_odd, where(is_odd, c, s) / where(is_odd, s, c));
  return narrow<T>(nan_of_infinity(x, times_sign_of(x, y)));
}

template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> atan(Lane<T, set> argument) {
  using namespace lane_detail;
  const auto x = widen(argument);
  return narrow<T>(with_sign_of(atan_of_magnitude(abs(x)), x));
}

// The angle of the point (x, y), from -pi to pi; of zeros and infinities as C has it.
template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> atan2(Lane<T, set> of_y, Lane<T, set> of_x) {
  using namespace lane_detail;
  const auto y = widen(of_y), x = widen(of_x);
  const auto height = abs(y), width = abs(x);
  const auto quotient =
      where((height == width) & (height == 0), 0, where(height == width, 1, height / width));
  const auto angle = atan_of_magnitude(quotient);
  const auto is_left = has_bit<set>(x.bits(), 63);
  return narrow<T>(with_sign_of(
      where(is_left, 0x1.921fb54442d18p+1 - (angle - 0x1.1a62633145c07p-53), angle), y));
}

// atan2(x, sqrt(1 - x^2))
template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> asin(Lane<T, set> argument) {
  using namespace lane_detail;
  const auto x = widen(argument), a = abs(x);
  return narrow<T>(with_sign_of(atan_of_magnitude(a / sqrt((1 - a) * (1 + a))), x));
}

// 2 atan2(sqrt(1 - x), sqrt(1 + x))
template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> acos(Lane<T, set> argument) {
  using namespace lane_detail;
  const auto x = widen(argument);
  return narrow<T>(2 * atan_of_magnitude(sqrt(1 - x) / sqrt(1 + x)));
}

}  // namespace gradus
