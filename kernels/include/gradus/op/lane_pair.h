// Sums and products with what rounding took from them, and float32 lanes in float64.
#pragma once

#include <gradus/op/lane_math.h>

namespace gradus::lane_detail {

// float32 functions are their float64 ones, rounded once more.
template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<double, set> widen(Lane<T, set> x) {
  return static_cast<double>(x.value);
}
template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> narrow(Lane<double, set> x) {
  return static_cast<T>(x.value);
}

// high + low, where low is below half a unit in the last place of high.
template <InstructionSet set>
struct Pair {
  Lane<double, set> high, low;
};

// a + b exactly.
template <InstructionSet set>
[[gnu::always_inline]] constexpr Pair<set> two_sum(Lane<double, set> a, Lane<double, set> b) {
  const Lane<double, set> sum = a + b, of_b = sum - a;
  return {sum, (a - (sum - of_b)) + (b - of_b)};
}
// The same for |a| >= |b|.
template <InstructionSet set>
[[gnu::always_inline]] constexpr Pair<set> fast_two_sum(Lane<double, set> a, Lane<double, set> b) {
  const Lane<double, set> sum = a + b;
  return {sum, b - (sum - a)};
}

// 26 digits, and 26 more with a sign (Veltkamp), of |x| up to 2^990.
template <InstructionSet set>
[[gnu::always_inline]] constexpr Pair<set> halves(Lane<double, set> x) {
  const Lane<double, set> shifted = 0x1.0000002p27 * x, high = shifted - (shifted - x);
  return {high, x - high};
}

// a b exactly, but for underflow (Dekker).
template <InstructionSet set>
[[gnu::always_inline]] constexpr Pair<set> two_product(Lane<double, set> a, Lane<double, set> b) {
  const Lane<double, set> product = a * b;
  if constexpr (has_fma(set)) {
    return {product, fma(a, b, -product)};
  } else {
    const Pair<set> p = halves(a), q = halves(b);
    return {product,
            ((p.high * q.high - product) + p.high * q.low + p.low * q.high) + p.low * q.low};
  }
}

template <InstructionSet set>
[[gnu::always_inline]] constexpr Pair<set> multiply(Pair<set> a, Pair<set> b) {
  const Pair<set> p = two_product(a.high, b.high);
  return fast_two_sum(p.high, p.low + (a.high * b.low + a.low * b.high));
}

}  // namespace gradus::lane_detail
