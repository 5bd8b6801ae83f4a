// Small blocks transposed in registers: what is read in rows of 16 bytes is written in columns.
#pragma once

#include <cstddef>
#include <utility>

#include "matmul_vector.h"

namespace gradus {
namespace {

// Elements are moved as bits, whatever they mean, and by load and store alone.
template <class T>
using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template <class V, class U>
[[gnu::always_inline]] inline void move(const U* from, U* to) {
  store(to, load<V>(from));
}

// Of each 16 bytes of x and y: those elements, counted from the first of x's to the last of y's.
template <std::size_t... picks, class V, std::size_t... i>
[[gnu::always_inline]] inline V pick(V x, V y, std::index_sequence<i...>) {
  constexpr std::size_t total = sizeof...(i), lanes = sizeof...(picks);
  constexpr std::size_t picked[] = {picks...};
  return __builtin_shufflevector(
      x, y, (i / lanes * lanes + picked[i % lanes] % lanes + picked[i % lanes] / lanes * total)...);
}
template <std::size_t... picks, class V>
[[gnu::always_inline]] inline V pick(V x, V y) {
  return pick<picks...>(x, y, std::make_index_sequence<sizeof(V) / 16 * sizeof...(picks)>());
}

template <class V, std::size_t... i>
[[gnu::always_inline]] inline auto joined(V low, V high, std::index_sequence<i...>) {
  return __builtin_shufflevector(low, high, i...);
}

// The numbers of 16 bytes of each of several rows, side by side in one vector:
// piece g of the result is at source + g * (16 / sizeof(U)) * across.
template <class U, int vector_bytes>
[[gnu::always_inline]] inline Vector<U, vector_bytes> gather(const U* source, std::int64_t across) {
  if constexpr (vector_bytes == 16) {
    return load<Vector<U, 16>>(source);
  } else {
    constexpr std::int64_t rows = vector_bytes / static_cast<int>(sizeof(U));
    const auto low = gather<U, vector_bytes / 2>(source, across);
    const auto high = gather<U, vector_bytes / 2>(source + rows / 2 * across, across);
    return joined(low, high, std::make_index_sequence<std::size_t{rows}>());
  }
}

template <class V>
struct Columns {
  V column[std::size_t{16} / sizeof(V{}[0])];
};

// 16 bytes of each of vector_bytes / sizeof(U) rows, as that many columns.
template <class U, int vector_bytes>
[[gnu::always_inline]] inline auto transposed(const U* source, std::int64_t across) {
  using V = Vector<U, vector_bytes>;
  const V r0 = gather<U, vector_bytes>(source, across);
  const V r1 = gather<U, vector_bytes>(source + across, across);
  if constexpr (sizeof(U) == 8) {
    return Columns<V>{pick<0, 2>(r0, r1), pick<1, 3>(r0, r1)};
  } else {
    const V r2 = gather<U, vector_bytes>(source + 2 * across, across);
    const V r3 = gather<U, vector_bytes>(source + 3 * across, across);
    const V a = pick<0, 4, 1, 5>(r0, r1), b = pick<0, 4, 1, 5>(r2, r3);
    const V c = pick<2, 6, 3, 7>(r0, r1), d = pick<2, 6, 3, 7>(r2, r3);
    return Columns<V>{pick<0, 1, 4, 5>(a, b), pick<2, 3, 6, 7>(a, b), pick<0, 1, 4, 5>(c, d),
                      pick<2, 3, 6, 7>(c, d)};
  }
}

// The columns become so many rows of a panel.
template <class U, int vector_bytes>
[[gnu::always_inline]] inline void transpose_block(const U* source, std::int64_t across, U* panel,
                                                   std::int64_t panel_width) {
  const auto columns = transposed<U, vector_bytes>(source, across);
#pragma GCC unroll 4
  for (int i = 0; i < 16 / static_cast<int>(sizeof(U)); ++i)
    store(panel + i * panel_width, columns.column[i]);
}

}  // namespace
}  // namespace gradus
