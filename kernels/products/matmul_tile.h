// The register tile: `rows` x `vectors` sums that stay in registers while the depth passes by.
//
//                     b panel   k: | b b b b | b b b b |        two vectors
//     a lines  k: a a a
//                 | | |
//                 a . . ---------> | s s s s | s s s s |        sum of row 0 += a[0] * b
//                 . a . ---------> | s s s s | s s s s |                row 1
//                 . . a ---------> | s s s s | s s s s |                row 2
//
// Each step of the depth loads `vectors` vectors and `rows` numbers, and does rows * vectors
// multiply-adds, independent of each other: enough to hide the time that one takes.
#pragma once

#include <cstddef>

#include "matmul_transpose.h"
#include "matmul_vector.h"

namespace gradus {
namespace {

// Row r of op(a), or column r of op(b), lies at data + r * across, its steps of depth `along`
// apart.
template <class T>
struct Lines {
  const T* data;
  std::int64_t across, along;
};

// Tiles of one shape, and how many elements their operands and results begin apart.
template <class T>
struct Tiles {
  Lines<T> a, b;
  T* c;
  std::int64_t count, a_apart, b_apart, c_apart;
};

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

template <class Isa, class T, int rows, int vectors>
struct Sums {
  using V = Vector<T, Isa::vector_bytes>;
  static constexpr int lanes = Isa::vector_bytes / static_cast<int>(sizeof(T));

  V sum[std::size_t{rows}][std::size_t{vectors}];

  // c is on its way while the sums are made.
  [[gnu::always_inline]] void begin(const T* c, std::int64_t c_stride) {
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 4
      for (int j = 0; j < vectors; ++j) {
        if (j * Isa::vector_bytes % 64 == 0) __builtin_prefetch(c + i * c_stride + j * lanes, 1);
        sum[i][j] = V{};
      }
    }
  }
  [[gnu::always_inline]] void write(T* c, std::int64_t c_stride, const Update<T>& update) const {
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
};

// The offsets of many rows would not fit into the registers: then each three have a pointer, from
// which they are 0, 1 and 2 strides away.
constexpr int rows_of_pointer(int rows) { return rows > 6 ? 3 : rows; }

// The columns of b lie across: a step of the depth is one run of numbers.
template <class Isa, class T, int rows, int vectors>
[[gnu::always_inline]] inline void tile(std::int64_t depth, const Lines<T>& a, const Lines<T>& b,
                                        T* c, std::int64_t c_stride, const Update<T>& update) {
  using S = Sums<Isa, T, rows, vectors>;
  using V = typename S::V;
  S s;
  s.begin(c, c_stride);
  constexpr int group = rows_of_pointer(rows), groups = (rows + group - 1) / group;
  const T *of_a[std::size_t{groups}], *of_b = b.data;
  const std::int64_t a_across = a.across, a_along = a.along, b_along = b.along;
#pragma GCC unroll 4
  for (int g = 0; g < groups; ++g) of_a[g] = a.data + std::int64_t{g} * group * a_across;
#pragma GCC unroll 4
  for (std::int64_t k = 0; k < depth; ++k, of_b += b_along) {
    V column[std::size_t{vectors}];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; ++j) column[j] = load<V>(of_b + j * S::lanes);
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i) {
      const V row = broadcast<V>(of_a[i / group][i % group * a_across]);
#pragma GCC unroll 4
      for (int j = 0; j < vectors; ++j)
        s.sum[i][j] = multiply_add<Isa>(row, column[j], s.sum[i][j]);
    }
#pragma GCC unroll 4
    for (int g = 0; g < groups; ++g) of_a[g] += a_along;
  }
  s.write(c, c_stride, update);
}

// The columns of b lie along the depth, and are transposed on their way: for so few rows that
// nothing would be read twice from a packed panel.
template <class Isa, class T, int rows, int vectors>
[[gnu::always_inline]] inline void tile_along(std::int64_t depth, const Lines<T>& a,
                                              const Lines<T>& b, T* c, std::int64_t c_stride,
                                              const Update<T>& update) {
  using S = Sums<Isa, T, rows, vectors>;
  using V = typename S::V;
  constexpr int steps = 16 / static_cast<int>(sizeof(T));
  S s;
  s.begin(c, c_stride);
  const T *of_a = a.data, *of_b = b.data;
  const std::int64_t across = b.across;
  std::int64_t k = 0;
  for (; k + steps <= depth; k += steps, of_a += steps * a.along, of_b += steps) {
    Columns<V> columns[std::size_t{vectors}];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; ++j)
      columns[j] = transposed<T, Isa::vector_bytes>(of_b + j * S::lanes * across, across);
#pragma GCC unroll 4
    for (int step = 0; step < steps; ++step)
#pragma GCC unroll 16
      for (int i = 0; i < rows; ++i) {
        const V row = broadcast<V>(of_a[i * a.across + step * a.along]);
#pragma GCC unroll 4
        for (int j = 0; j < vectors; ++j)
          s.sum[i][j] = multiply_add<Isa>(row, columns[j].column[step], s.sum[i][j]);
      }
  }
  for (; k < depth; ++k, of_a += a.along, ++of_b)
    for (int j = 0; j < vectors; ++j) {
      V column{};
      for (int lane = 0; lane < S::lanes; ++lane)
        column[lane] = of_b[(j * S::lanes + lane) * across];
      for (int i = 0; i < rows; ++i)
        s.sum[i][j] = multiply_add<Isa>(broadcast<V>(of_a[i * a.across]), column, s.sum[i][j]);
    }
  s.write(c, c_stride, update);
}

template <class T>
using RunTiles = void (*)(std::int64_t depth, const Tiles<T>&, std::int64_t c_stride,
                          const Update<T>&);

// Many tiles in one call: between short ones, all that is not a multiply-add counts.
template <class T, auto one>
void each_tile(std::int64_t depth, const Tiles<T>& tiles, std::int64_t c_stride,
               const Update<T>& update) {
  Lines<T> a = tiles.a, b = tiles.b;
  T* c = tiles.c;
  for (std::int64_t i = 0; i < tiles.count; ++i) {
    one(depth, a, b, c, c_stride, update);
    a.data += tiles.a_apart;
    b.data += tiles.b_apart;
    c += tiles.c_apart;
  }
}

// With few rows a tile is wider instead, to have as many sums.
constexpr int few_rows = 3, wide = 4;

template <class Isa, class T, int vectors, int rows>
RunTiles<T> tiles_of_height(std::int64_t height) {
  if constexpr (rows > 1)
    if (height < rows) return tiles_of_height<Isa, T, vectors, rows - 1>(height);
  return each_tile<T, tile<Isa, T, rows, vectors>>;
}

// vectors is 1 or 2, for up to four rows also 3, and for few also 4.
template <class Isa, class T>
RunTiles<T> find_tiles(std::int64_t rows, std::int64_t vectors) {
  if (vectors == 1) return tiles_of_height<Isa, T, 1, Isa::tile_rows>(rows);
  if (vectors == 2) return tiles_of_height<Isa, T, 2, Isa::tile_rows>(rows);
  if (vectors == 3) return tiles_of_height<Isa, T, 3, 4>(rows);
  return tiles_of_height<Isa, T, 4, few_rows>(rows);
}

template <class Isa, class T, int rows>
RunTiles<T> tiles_along_of_height(std::int64_t height) {
  if constexpr (rows > 2)
    if (height < rows) return tiles_along_of_height<Isa, T, rows - 1>(height);
  return each_tile<T, tile_along<Isa, T, rows, 2>>;
}

// One row against four vectors, or some against two: none if it does not pay.
template <class Isa, class T>
RunTiles<T> find_tiles_along(std::int64_t rows, std::int64_t vectors) {
  if (rows == 1 && vectors == wide) return each_tile<T, tile_along<Isa, T, 1, wide>>;
  if (rows >= 2 && rows <= Isa::max_rows_along && vectors == 2)
    return tiles_along_of_height<Isa, T, Isa::max_rows_along>(rows);
  return nullptr;
}

}  // namespace
}  // namespace gradus
