// Hyperbolic functions on float lanes and their inverses, by exponentials and logarithms.
#pragma once

#include <gradus/op/lane_pair.h>

namespace gradus {
namespace lane_detail {

// e^x / 2 for x >= 0, also where e^x alone is too large.
template <InstructionSet set>
[[gnu::always_inline]] constexpr Lane<double, set> half_exp(Lane<double, set> x) {
  return times_exp(Lane<double, set>(0x1.5bf0a8b145769p+0), x - 1);  // e / 2
}

}  // namespace lane_detail

template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> sinh(Lane<T, set> argument) {
  using namespace lane_detail;
  using L = Lane<double, set>;
  const L x = widen(argument), a = abs(x), half = half_exp(a);
  const L t = expm1(where(a < 1, a, 1));
  return narrow<T>(with_sign_of(where(a < 1, 0.5 * (t + t / (t + 1)), half - 0.25 / half), x));
}

template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> cosh(Lane<T, set> x) {
  const auto half = lane_detail::half_exp(abs(lane_detail::widen(x)));
  return lane_detail::narrow<T>(half + 0.25 / half);
}

template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> asinh(Lane<T, set> argument) {
  using namespace lane_detail;
  using L = Lane<double, set>;
  const L x = widen(argument), a = abs(x), square = a * a;
  const auto is_large = a > 0x1p28;
  const L y = log1p(where(is_large, a - 1, a + square / (1 + sqrt(1 + square))));
  return narrow<T>(with_sign_of(y + where(is_large, 0x1.62e42fefa39efp-1, 0), x));
}

template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> acosh(Lane<T, set> argument) {
  using namespace lane_detail;
  using L = Lane<double, set>;
  const L x = widen(argument), t = x - 1;
  const auto is_large = x > 0x1p28;
  const L y = log1p(where(is_large, t, t + sqrt(t * (t + 2))));
  return narrow<T>(where(x < 1, std::numeric_limits<double>::quiet_NaN(),
                         y + where(is_large, 0x1.62e42fefa39efp-1, 0)));
}

template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> atanh(Lane<T, set> argument) {
  using namespace lane_detail;
  const auto x = widen(argument), a = abs(x);
  return narrow<T>(with_sign_of(0.5 * log1p((a + a) / (1 - a)), x));
}

}  // namespace gradus
