// The register tile: `rows` x `vectors` sums that stay in registers while the depth passes by.
//
//                     b panel   k: | b b b b | b b b b |        two vectors
//     a panel  k: a a a
//                 | | |
//                 a . . ---------> | s s s s | s s s s |        sum of row 0 += a[0] * b
//                 . a . ---------> | s s s s | s s s s |                row 1
//                 . . a ---------> | s s s s | s s s s |                row 2
//
// Each step of the depth loads `vectors` vectors and `rows` numbers, and does rows * vectors
// multiply-adds, independent of each other: enough to hide the time that one takes.
#pragma once

#include <cstddef>

#include "product_vector.h"

namespace gradus {
namespace {

// What becomes of a tile's sums: c = alpha * sum, or c = alpha * sum + beta * c if it reads c.
template <class T>
struct Update {
  T alpha, beta;
  bool reads_c;
};

template <class Isa, class V>
[[gnu::always_inline]] inline V multiply_add(V a, V b, V sum) {
  if constexpr (std::is_floating_point_v<std::remove_cvref_t<decltype(a[0])>>)
    return Isa::multiply_add(a, b, sum);
  else
    return a * b + sum;
}

// a is packed, `rows` numbers per step of depth; b has its vectors at b_stride.
template <class Isa, class T, int rows, int vectors>
void tile(std::int64_t depth, const T* a, const T* b, std::int64_t b_stride, T* c,
          std::int64_t c_stride, const Update<T>& update) {
  using V = Vector<T, Isa::vector_bytes>;
  constexpr int lanes = Isa::vector_bytes / static_cast<int>(sizeof(T));
  V sum[std::size_t{rows}][std::size_t{vectors}];
#pragma GCC unroll 16
  for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 4
    for (int j = 0; j < vectors; ++j) {
      __builtin_prefetch(c + i * c_stride + j * lanes, 1);
      sum[i][j] = V{};
    }
  }
  for (std::int64_t k = 0; k < depth; ++k, a += rows, b += b_stride) {
    V column[std::size_t{vectors}];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; ++j) column[j] = load<V>(b + j * lanes);
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i) {
      const V row = broadcast<V>(a[i]);
#pragma GCC unroll 4
      for (int j = 0; j < vectors; ++j) sum[i][j] = multiply_add<Isa>(row, column[j], sum[i][j]);
    }
  }
  const V alpha = broadcast<V>(update.alpha), beta = broadcast<V>(update.beta);
  const bool reads_c = update.reads_c;
#pragma GCC unroll 16
  for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 4
    for (int j = 0; j < vectors; ++j) {
      T* const at = c + i * c_stride + j * lanes;
      const V scaled =
          reads_c ? multiply_add<Isa>(alpha, sum[i][j], beta * load<V>(at)) : alpha * sum[i][j];
      store(at, scaled);
    }
  }
}

template <class T>
using Tile = void (*)(std::int64_t, const T*, const T*, std::int64_t, T*, std::int64_t,
                      const Update<T>&);

// With few rows a tile is wider instead, to have as many sums.
constexpr int few_rows = 3, wide = 4;

template <class Isa, class T, int vectors, int rows>
Tile<T> tile_of_height(std::int64_t height) {
  if constexpr (rows > 1)
    if (height < rows) return tile_of_height<Isa, T, vectors, rows - 1>(height);
  return tile<Isa, T, rows, vectors>;
}

// vectors is 1 or 2, and for few rows also 3 or 4.
template <class Isa, class T>
Tile<T> find_tile(std::int64_t rows, std::int64_t vectors) {
  if (vectors == 1) return tile_of_height<Isa, T, 1, Isa::tile_rows>(rows);
  if (vectors == 2) return tile_of_height<Isa, T, 2, Isa::tile_rows>(rows);
  if (vectors == 3) return tile_of_height<Isa, T, 3, few_rows>(rows);
  return tile_of_height<Isa, T, 4, few_rows>(rows);
}

}  // namespace
}  // namespace gradus
