// Packing: a panel is `width` rows of op(a), or columns of op(b), laid side by side for each step
// of the depth, so that a tile reads memory in one straight line.
//
//     stored along the depth        panel             stored across
//        0 1 2 3 ...                0 a A             0 a A
//        a b c d ...      --->      1 b B      <---   1 b B
//        A B C D ...                2 c C             2 c C
//     (blocks are transposed        ...               ... (rows are copied)
//      in registers)
#pragma once

#include "matmul_transpose.h"
#include "matmul_vector.h"

namespace gradus {
namespace {

// Rows that lie along the depth: `rows` of them, from column `first` of the panel on.
template <class U, int vector_bytes>
void transpose_rows(const U* source, std::int64_t across, std::int64_t depth, U* panel,
                    std::int64_t panel_width) {
  constexpr int rows = vector_bytes / static_cast<int>(sizeof(U));
  constexpr int steps = 16 / static_cast<int>(sizeof(U));
  std::int64_t k = 0;
  for (; k + steps <= depth; k += steps)
    transpose_block<U, vector_bytes>(source + k, across, panel + k * panel_width, panel_width);
  for (; k < depth; ++k)
    for (int i = 0; i < rows; ++i) move<U>(source + i * across + k, panel + k * panel_width + i);
}

template <class U, int vector_bytes>
void pack_along(const U* source, std::int64_t across, std::int64_t width, std::int64_t depth,
                U* panel, std::int64_t panel_width) {
  constexpr int one = 16 / static_cast<int>(sizeof(U));
  constexpr int all = vector_bytes / static_cast<int>(sizeof(U));
  std::int64_t i = 0;
  for (; i + all <= width; i += all)
    transpose_rows<U, vector_bytes>(source + i * across, across, depth, panel + i, panel_width);
  for (; i < width && width >= one; i += one) {
    i = smaller(i, width - one);  // the last block may write some rows again
    transpose_rows<U, 16>(source + i * across, across, depth, panel + i, panel_width);
  }
  for (; i < width; ++i)
    for (std::int64_t k = 0; k < depth; ++k)
      move<U>(source + i * across + k, panel + k * panel_width + i);
}

template <class U>
void pack_across(const U* source, std::int64_t along, std::int64_t width, std::int64_t depth,
                 U* panel, std::int64_t panel_width) {
  constexpr int one = 16 / static_cast<int>(sizeof(U));
  for (std::int64_t k = 0; k < depth; ++k, source += along, panel += panel_width) {
    std::int64_t i = 0;
    for (; i < width && width >= one; i += one) {
      i = smaller(i, width - one);
      move<Vector<U, 16>>(source + i, panel + i);
    }
    for (; i < width; ++i) move<U>(source + i, panel + i);
  }
}

// The same for whole vectors.
template <class V, class U>
void pack_vectors(const U* source, std::int64_t along, std::int64_t width, std::int64_t depth,
                  U* panel) {
  constexpr int lanes = static_cast<int>(sizeof(V) / sizeof(U));
  for (std::int64_t k = 0; k < depth; ++k, source += along)
    for (std::int64_t i = 0; i < width; i += lanes, panel += lanes) move<V>(source + i, panel);
}

// Packs `width` rows or columns at across, along; the panel is filled with 0 up to its own width.
template <class Isa, class T>
void pack(const T* source, std::int64_t across, std::int64_t along, std::int64_t width,
          std::int64_t depth, T* panel, std::int64_t panel_width) {
  using U = Bits<T>;
  constexpr int lanes = Isa::vector_bytes / static_cast<int>(sizeof(T));
  constexpr int vector_bytes = Isa::vector_bytes < 32 ? 16 : 32;
  const U* const from = reinterpret_cast<const U*>(source);
  U* const to = reinterpret_cast<U*>(panel);
  if (along == 1)
    pack_along<U, vector_bytes>(from, across, width, depth, to, panel_width);
  else if (width == panel_width && width % lanes == 0)
    pack_vectors<Vector<U, Isa::vector_bytes>>(from, along, width, depth, to);
  else
    pack_across(from, along, width, depth, to, panel_width);
  if (width < panel_width)
    for (std::int64_t k = 0; k < depth; ++k)
      for (std::int64_t i = width; i < panel_width; ++i) panel[k * panel_width + i] = 0;
}

}  // namespace
}  // namespace gradus
