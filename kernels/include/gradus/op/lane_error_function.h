// erf on float lanes.
#pragma once

#include <gradus/op/lane_pair.h>

namespace gradus {
namespace lane_detail {

// (-1)^n / (n! (2n + 1))
inline constexpr auto erf_series = [] {
  std::array<double, 20> c{};
  double factorial = 1;
  for (std::size_t n = 0; n < c.size(); ++n) {
    c[n] = 1 / (factorial * static_cast<double>(2 * n + 1));
    factorial *= -static_cast<double>(n + 1);
  }
  return c;
}();

// e^(x^2) (1 - erf(x)) from 1 to 6, by Chebyshev interpolation in u = (1 / (x + 2) - 11/48) 48/5.
inline constexpr std::array<double, 16> scaled_erfc{
    0.22142954022993183,     0.16189356804102498,    0.03856057042517875,
    0.005588816281840148,    0.00019713917780504528, -8.079220427446309e-05,
    -7.3405185545281365e-06, 1.9795619117948376e-06, 1.6350179331888476e-07,
    -7.00535615043276e-08,   -5.937642934649013e-10, 2.6248030731791732e-09,
    -2.6260417449824267e-10, -7.45510449620631e-11,  1.8386753405993422e-11,
    4.4133850329466983e-13};

}  // namespace lane_detail

template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> erf(Lane<T, set> argument) {
  using namespace lane_detail;
  using L = Lane<double, set>;
  const L x = widen(argument), a = clamp(abs(x), 0.0, 6.0);  // erf is 1 from there on
  const L z = a * a;
  const L near_0 = a * (0x1.20dd750429b6dp+0 * polynomial<erf_series>(z));
  const L u = (1 / (a + 2) - 11.0 / 48) * 9.6;
  const L beyond = 1 - exp(-z) * polynomial<scaled_erfc>(u);
  return narrow<T>(with_sign_of(where(a < 1, near_0, beyond), x));
}

}  // namespace gradus
