// Vectors as wide as this file is compiled for, and ELU over them, for the hand-written programs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

namespace bench {

#if defined(__AVX512F__)
constexpr int vector_bytes = 64;
#else
constexpr int vector_bytes = 32;
#endif

template <class T>
struct VectorOf {
  using Integer = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  typedef T type __attribute__((vector_size(vector_bytes)));
  typedef Integer mask __attribute__((vector_size(vector_bytes)));
};
template <class T>
using Vector = typename VectorOf<T>::type;
template <class T>
constexpr std::int64_t lanes = vector_bytes / static_cast<int>(sizeof(T));

template <class T>
[[gnu::always_inline]] inline Vector<T> load(const T* from) {
  Vector<T> v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
template <class T>
[[gnu::always_inline]] inline void store(T* to, Vector<T> v) {
  std::memcpy(to, &v, sizeof v);
}
template <class T>
[[gnu::always_inline]] inline Vector<T> broadcast(T value) {
  return value - Vector<T>{};  // not `+`: -0 stays -0, and no addition is left
}

template <class V, std::size_t... k>
[[gnu::always_inline]] inline auto halves_added(V v, std::index_sequence<k...>) {
  return __builtin_shufflevector(v, v, k...) + __builtin_shufflevector(v, v, sizeof...(k) + k...);
}
// Of all lanes.
template <class T, class V>
[[gnu::always_inline]] inline T sum(V v) {
  constexpr std::size_t count = sizeof v / sizeof(T);
  if constexpr (count == 2)
    return v[0] + v[1];
  else
    return sum<T>(halves_added(v, std::make_index_sequence<count / 2>{}));
}

// exp(x) for x <= 0: 2^n times a polynomial of the rest, |r| <= ln(2) / 2.
template <class T>
[[gnu::always_inline]] inline Vector<T> exp_of_negative(Vector<T> x) {
  using V = Vector<T>;
  using M = typename VectorOf<T>::mask;
  constexpr bool is_float = sizeof(T) == 4;
  constexpr int mantissa = is_float ? 23 : 52, bias = is_float ? 127 : 1023;
  constexpr T lowest = is_float ? T(-87) : T(-708);
  // Adding it leaves the nearest integer in the low bits.
  constexpr T shift = is_float ? T(12582912) : T(6755399441055744);
  constexpr T ln2_high = is_float ? T(0.693359375) : T(0.693145751953125);
  constexpr T ln2_low = is_float ? T(-2.12194440e-4) : T(1.42860682030941723212e-6);
  x = x < lowest ? broadcast<T>(lowest) : x;
  const V shifted = x * T(1.4426950408889634) + shift;
  const V n = shifted - shift;
  const V r = (x - n * ln2_high) - n * ln2_low;
  V p = broadcast<T>(is_float ? T(1.0 / 720) : T(1.0 / 6227020800));
  if constexpr (!is_float) {
    for (const double c : {1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880,
                           1.0 / 40320, 1.0 / 5040, 1.0 / 720})
      p = p * r + T(c);
  }
  for (const double c : {1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1.0, 1.0}) p = p * r + T(c);
  const M exponent = (reinterpret_cast<M>(shifted) + bias) << mantissa;
  return p * reinterpret_cast<V>(exponent);
}

template <class T>
[[gnu::always_inline]] inline Vector<T> elu(Vector<T> x) {
  const Vector<T> zero{};
  const Vector<T> e = exp_of_negative<T>(x < zero ? x : zero) - T(1);
  return x > zero ? x : e;
}
// elu'(x) from y = elu(x).
template <class T>
[[gnu::always_inline]] inline Vector<T> elu_slope(Vector<T> y) {
  return y > Vector<T>{} ? broadcast<T>(1) : y + T(1);
}

}  // namespace bench
