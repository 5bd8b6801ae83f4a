// Small blocks transposed in registers: what is read in rows of 16 bytes is written in columns.
#pragma once

#include "product_vector.h"

namespace gradus {
namespace {

// Elements are moved as bits, whatever they mean, and by load and store alone.
template <class T>
using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template <class V, class U>
[[gnu::always_inline]] inline void move(const U* from, U* to) {
  store(to, load<V>(from));
}

// The numbers of 16 bytes of each of several rows, side by side in one vector:
// piece g of the result is at source + g * (16 / sizeof(U)) * across.
template <class U, int vector_bytes>
[[gnu::always_inline]] inline Vector<U, vector_bytes> gather(const U* source, std::int64_t across) {
  using Piece = Vector<U, 16>;
  constexpr int lanes = 16 / static_cast<int>(sizeof(U));
  if constexpr (vector_bytes == 16) {
    return load<Piece>(source);
  } else {
    const Piece low = load<Piece>(source), high = load<Piece>(source + lanes * across);
    if constexpr (lanes == 4)
      return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
    else
      return __builtin_shufflevector(low, high, 0, 1, 2, 3);
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
  constexpr bool two = vector_bytes == 32;
  const V r0 = gather<U, vector_bytes>(source, across);
  const V r1 = gather<U, vector_bytes>(source + across, across);
  if constexpr (sizeof(U) == 8) {
    if constexpr (two)
      return Columns<V>{__builtin_shufflevector(r0, r1, 0, 4, 2, 6),
                        __builtin_shufflevector(r0, r1, 1, 5, 3, 7)};
    else
      return Columns<V>{__builtin_shufflevector(r0, r1, 0, 2),
                        __builtin_shufflevector(r0, r1, 1, 3)};
  } else {
    const V r2 = gather<U, vector_bytes>(source + 2 * across, across);
    const V r3 = gather<U, vector_bytes>(source + 3 * across, across);
    if constexpr (two) {
      const V a = __builtin_shufflevector(r0, r1, 0, 8, 1, 9, 4, 12, 5, 13);
      const V b = __builtin_shufflevector(r2, r3, 0, 8, 1, 9, 4, 12, 5, 13);
      const V c = __builtin_shufflevector(r0, r1, 2, 10, 3, 11, 6, 14, 7, 15);
      const V d = __builtin_shufflevector(r2, r3, 2, 10, 3, 11, 6, 14, 7, 15);
      return Columns<V>{__builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13),
                        __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15),
                        __builtin_shufflevector(c, d, 0, 1, 8, 9, 4, 5, 12, 13),
                        __builtin_shufflevector(c, d, 2, 3, 10, 11, 6, 7, 14, 15)};
    } else {
      const V a = __builtin_shufflevector(r0, r1, 0, 4, 1, 5);
      const V b = __builtin_shufflevector(r2, r3, 0, 4, 1, 5);
      const V c = __builtin_shufflevector(r0, r1, 2, 6, 3, 7);
      const V d = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
      return Columns<V>{
          __builtin_shufflevector(a, b, 0, 1, 4, 5), __builtin_shufflevector(a, b, 2, 3, 6, 7),
          __builtin_shufflevector(c, d, 0, 1, 4, 5), __builtin_shufflevector(c, d, 2, 3, 6, 7)};
    }
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
