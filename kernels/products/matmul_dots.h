// The tile of op(a) op(b)^T: rows of both operands lie along the depth, and every element of c is
// the dot product of two straight lines. Nothing is packed or transposed.
//
//     row of a     | a a a a . . . | a a a a . . . |    a vector, the next vector, ...
//                    *               *
//     row of b     | b b b b . . . | b b b b . . . |
//                    =               +
//     sums         | s s s s . . . |                    as many as a vector has numbers
//
// In the end the upper half of the sums is added to the lower, until one is left.
#pragma once

#include <cstddef>
#include <utility>

#include "matmul_tile.h"
#include "matmul_vector.h"

namespace gradus {
namespace {

// Of x and y, each 2 * half numbers become the sums of their halves: first `half` sums of x, then
// as many of y, and so on.
template <int half, class V, std::size_t... i>
[[gnu::always_inline]] inline V halves_added(V x, V y, std::index_sequence<i...>) {
  constexpr std::size_t h = half, lanes = sizeof...(i);
  const V lower = __builtin_shufflevector(x, y, (i / h % 2 == 0 ? i : i - h + lanes)...);
  const V upper = __builtin_shufflevector(x, y, (i / h % 2 == 0 ? i + h : i + lanes)...);
  return lower + upper;
}

// The sum of the numbers of each of `count` vectors, a power of two: that of x[i] is number
// i * (lanes / count) of the result. The sequence counts half of the vectors, which are paired with
// the other half; one vector is paired with itself.
template <int half, class V>
[[gnu::always_inline]] inline V lanes_added(const V (&x)[1], std::index_sequence<0>) {
  constexpr auto lanes = std::make_index_sequence<sizeof(V) / sizeof(V{}[0])>();
  if constexpr (half == 0) {
    return x[0];
  } else {
    const V sums[] = {halves_added<half>(x[0], x[0], lanes)};
    return lanes_added<half / 2>(sums, std::index_sequence<0>());
  }
}
template <int half, class V, std::size_t count, std::size_t... i>
[[gnu::always_inline]] inline V lanes_added(const V (&x)[count], std::index_sequence<i...>) {
  constexpr auto lanes = std::make_index_sequence<sizeof(V) / sizeof(V{}[0])>();
  const V sums[] = {halves_added<half>(x[i], x[i + count / 2], lanes)...};
  return lanes_added<half / 2>(sums, std::make_index_sequence<(sizeof...(i) + 1) / 2>());
}

// The next vector of a line, or what is left of it, as if zeros followed. (Lambdas would not be
// compiled for the instruction set of their unit.)
template <class V>
struct LoadVector {
  template <class T>
  [[gnu::always_inline]] V operator()(const T* from) const {
    return load<V>(from);
  }
};
template <class Isa, class V>
struct LoadFirst {
  std::int64_t count;

  template <class T>
  [[gnu::always_inline]] V operator()(const T* from) const {
    return Isa::template load_first<V>(from, count);
  }
};

// The sums of a tile, a vector of them for each element of c.
template <class Isa, class T, int rows, int columns>
struct DotSums {
  using V = Vector<T, Isa::vector_bytes>;
  static constexpr std::size_t lanes = Isa::vector_bytes / sizeof(T);
  static constexpr std::size_t count = std::size_t{rows} * columns;

  V sum[std::size_t{rows}][std::size_t{columns}];

  // The next vector of each line, as load_vector makes it of where it begins.
  template <class F>
  [[gnu::always_inline]] void add(const T* of_a, std::int64_t a_across, const T* of_b,
                                  std::int64_t b_across, F load_vector) {
    V column[std::size_t{columns}];
#pragma GCC unroll 4
    for (int j = 0; j < columns; ++j) column[j] = load_vector(of_b + j * b_across);
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i) {
      const V row = in_register(load_vector(of_a + i * a_across));
#pragma GCC unroll 4
      for (int j = 0; j < columns; ++j) sum[i][j] = multiply_add<Isa>(row, column[j], sum[i][j]);
    }
  }

  // Element e of the tile, counted row by row; zero after the last.
  template <std::size_t e>
  [[gnu::always_inline]] V lanes_of_element() const {
    if constexpr (e >= count)
      return V{};
    else
      return sum[e / columns][e % columns];
  }
  template <std::size_t first, std::size_t... i>
  [[gnu::always_inline]] V elements(std::index_sequence<i...>) const {
    const V sums[] = {lanes_of_element<first + i>()...};
    return lanes_added<lanes / 2>(sums, std::make_index_sequence<(sizeof...(i) + 1) / 2>());
  }

  template <std::size_t apart, std::size_t... i>
  [[gnu::always_inline]] static V drawn_together(V x, std::index_sequence<i...>) {
    return __builtin_shufflevector(x, x, (i * apart % lanes)...);
  }
  // All elements of the tile, row by row: as many as a vector has numbers, and then the next.
  template <std::size_t first = 0>
  [[gnu::always_inline]] void add_up(T* to) const {
    constexpr std::size_t now = count - first < lanes ? count - first : lanes;
    constexpr std::size_t places = now > 8 ? 16 : now > 4 ? 8 : now > 2 ? 4 : now;
    constexpr auto all = std::make_index_sequence<lanes>();
    const V sums = elements<first>(std::make_index_sequence<places>());
    store(to + first, drawn_together<lanes / places>(sums, all));
    if constexpr (first + lanes < count) add_up<first + lanes>(to);
  }
  // Rows are copied as a whole: for single numbers GCC scatters a vector, and a product of 784
  // steps takes 3 % longer.
  [[gnu::always_inline]] void write(T* c, std::int64_t c_stride, const Update<T>& update) const {
    constexpr std::size_t padded = (count + lanes - 1) / lanes * lanes;
    constexpr std::size_t row_bytes = columns * sizeof(T);
    T sums[padded], before[padded] = {};
    add_up(sums);
    const V alpha = broadcast<V>(update.alpha), beta = broadcast<V>(update.beta);
    if (update.reads_c)
      for (int i = 0; i < rows; ++i)
        __builtin_memcpy(before + i * columns, c + i * c_stride, row_bytes);
    for (std::size_t e = 0; e < padded; e += lanes) {
      const V now = load<V>(sums + e);
      store(sums + e, update.reads_c ? multiply_add<Isa>(alpha, now, beta * load<V>(before + e))
                                     : alpha * now);
    }
    for (int i = 0; i < rows; ++i)
      __builtin_memcpy(c + i * c_stride, sums + i * columns, row_bytes);
  }
};

template <class Isa, class T, int rows, int columns>
[[gnu::always_inline]] inline void tile_dots(std::int64_t depth, const Lines<T>& a,
                                             const Lines<T>& b, T* c, std::int64_t c_stride,
                                             const Update<T>& update) {
  using S = DotSums<Isa, T, rows, columns>;
  constexpr std::int64_t lanes = S::lanes;
  const T *of_a = a.data, *of_b = b.data;
  const std::int64_t a_across = a.across, b_across = b.across;
  S s{};
  std::int64_t k = 0;
  for (; k + lanes <= depth; k += lanes, of_a += lanes, of_b += lanes)
    s.add(of_a, a_across, of_b, b_across, LoadVector<typename S::V>{});
  if (k < depth) s.add(of_a, a_across, of_b, b_across, LoadFirst<Isa, typename S::V>{depth - k});
  s.write(c, c_stride, update);
}

template <class Isa, class T, int columns, int rows>
RunTiles<T> tiles_of_dots_of_height(std::int64_t height) {
  if constexpr (rows > 1)
    if (height < rows) return tiles_of_dots_of_height<Isa, T, columns, rows - 1>(height);
  return each_tile<T, tile_dots<Isa, T, rows, columns>>;
}

template <class Isa, class T, int columns = Isa::dot_columns>
RunTiles<T> find_tiles_of_dots(std::int64_t rows, std::int64_t width) {
  if constexpr (columns > 1)
    if (width < columns) return find_tiles_of_dots<Isa, T, columns - 1>(rows, width);
  return tiles_of_dots_of_height<Isa, T, columns, Isa::dot_rows>(rows);
}

}  // namespace
}  // namespace gradus
