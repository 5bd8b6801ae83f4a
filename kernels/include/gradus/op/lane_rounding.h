// Whole numbers next to float lanes; all exact. A zero keeps the sign of what was rounded.
#pragma once

#include <gradus/op/lane_math.h>

namespace gradus {

// Halves go to the even side.
template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> round(Lane<T, set> x) {
  // A sum with 2^mantissa has no room for a fraction; what is as large has none.
  constexpr T whole = static_cast<T>(std::uint64_t{1} << lane_detail::Constants<T>::mantissa);
  const Lane<T, set> a = abs(x);
  return where(a < whole, with_sign_of((a + whole) - whole, x), x);
}

template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> floor(Lane<T, set> x) {
  const Lane<T, set> y = round(x);
  return with_sign_of(y - where(y > x, Lane<T, set>(1), Lane<T, set>(0)), x);
}

template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> ceil(Lane<T, set> x) {
  const Lane<T, set> y = round(x);
  return with_sign_of(y + where(y < x, Lane<T, set>(1), Lane<T, set>(0)), x);
}

}  // namespace gradus
