// The loops around the register tile.
//
//   for each block of rows                          a block of op(a), packed, stays in the L2 cache
//     for each block of the depth
//       for each panel of columns                   a panel of op(b), packed, stays in the L1 cache
//         for each tile of rows                     the sums stay in registers
//           for each step of the depth              tile()
//
// A tile sums over the depth in order, and the next block of the depth goes on from what the last
// one left in c: so each c[i, j] is one sum in one order, however the loops are cut.
#pragma once

#include <cstddef>

#include "product_kernel.h"
#include "product_pack.h"
#include "product_tile.h"
#include "product_vector.h"

namespace gradus {
namespace {

template <class Isa, class T>
struct Nest {
  static constexpr std::int64_t lanes = Isa::vector_bytes / static_cast<int>(sizeof(T));
  static constexpr std::int64_t most_depth = 320;
  static constexpr std::int64_t most_rows = 256 * 4 / static_cast<int>(sizeof(T));
  // A panel of op(b) whose rows lie in memory as they are needed is packed only if more tiles use
  // it: on the way there the reads from the L2 cache cost less.
  static constexpr std::int64_t unpacked_tiles = 24;

  const T* a;
  const T* b;
  T* c;
  const ProductTask& task;
  T* packed_a;
  T* packed_b;

  static std::int64_t panel_vectors(std::int64_t rows) { return rows <= few_rows ? wide : 2; }

  static std::size_t scratch_bytes(std::int64_t rows, std::int64_t depth) {
    const std::int64_t steps = smaller(depth, most_depth);
    const std::int64_t a_elements = pieces_of(smaller(rows, most_rows) * steps, lanes) * lanes;
    return static_cast<std::size_t>(a_elements + wide * lanes * steps) * sizeof(T);
  }

  // Rows first .. last - 1 of op(a), tile by tile.
  void pack_rows(std::int64_t row, std::int64_t rows, std::int64_t tiles, std::int64_t step,
                 std::int64_t steps) const {
    for (std::int64_t t = 0; t < tiles; ++t) {
      const std::int64_t first = part_begin(rows, tiles, t);
      const std::int64_t height = part_begin(rows, tiles, t + 1) - first;
      pack<Isa>(a + (row + first) * task.a_across + step * task.a_along, task.a_across,
                task.a_along, height, steps, packed_a + first * steps, height);
    }
  }

  // One panel of columns against all packed rows.
  void multiply_panel(std::int64_t row, std::int64_t rows, std::int64_t tiles, std::int64_t column,
                      std::int64_t columns, std::int64_t step, std::int64_t steps) const {
    const std::int64_t vectors = pieces_of(columns, lanes), width = vectors * lanes;
    const T* panel = b + column * task.b_across + step * task.b_along;
    std::int64_t panel_stride = task.b_along;
    if (task.b_across != 1 || columns < width || tiles > unpacked_tiles) {
      pack<Isa>(panel, task.b_across, task.b_along, columns, steps, packed_b, width);
      panel = packed_b;
      panel_stride = width;
    }
    for (std::int64_t t = 0; t < tiles; ++t) {
      const std::int64_t first = part_begin(rows, tiles, t);
      const std::int64_t height = part_begin(rows, tiles, t + 1) - first;
      const Tile<T> multiply_tile = find_tile<Isa, T>(height, vectors);
      const T* const a_tile = packed_a + first * steps;
      T* const c_tile = c + (row + first) * task.c_stride + column;
      if (columns == width) {
        multiply_tile(steps, a_tile, panel, panel_stride, c_tile, task.c_stride, step > 0);
        continue;
      }
      T edge[Isa::tile_rows * wide * lanes];  // the last columns, with room for whole vectors
      for (std::int64_t i = 0; i < height; ++i)
        for (std::int64_t j = 0; j < width; ++j)
          edge[i * width + j] = step > 0 && j < columns ? c_tile[i * task.c_stride + j] : T{};
      multiply_tile(steps, a_tile, panel, panel_stride, edge, width, step > 0);
      for (std::int64_t i = 0; i < height; ++i)
        for (std::int64_t j = 0; j < columns; ++j)
          c_tile[i * task.c_stride + j] = edge[i * width + j];
    }
  }

  void multiply_block(std::int64_t row, std::int64_t rows, std::int64_t step,
                      std::int64_t steps) const {
    const std::int64_t tiles = pieces_of(rows, Isa::tile_rows);
    const std::int64_t panel = panel_vectors(rows) * lanes;
    pack_rows(row, rows, tiles, step, steps);
    for (std::int64_t column = 0; column < task.columns; column += panel)
      multiply_panel(row, rows, tiles, column, smaller(panel, task.columns - column), step, steps);
  }

  void multiply() const {
    const std::int64_t row_blocks = pieces_of(task.rows, most_rows);
    const std::int64_t depth_blocks = pieces_of(task.depth, most_depth);
    for (std::int64_t r = 0; r < row_blocks; ++r) {
      const std::int64_t row = part_begin(task.rows, row_blocks, r);
      const std::int64_t rows = part_begin(task.rows, row_blocks, r + 1) - row;
      for (std::int64_t d = 0; d < depth_blocks; ++d) {
        const std::int64_t step = part_begin(task.depth, depth_blocks, d);
        multiply_block(row, rows, step, part_begin(task.depth, depth_blocks, d + 1) - step);
      }
    }
  }

  static void run(const ProductTask& task) {
    T* const c = static_cast<T*>(task.c);
    if (task.depth == 0)
      for (std::int64_t i = 0; i < task.rows; ++i)
        for (std::int64_t j = 0; j < task.columns; ++j) c[i * task.c_stride + j] = T{};
    T* const scratch = static_cast<T*>(task.scratch);
    const std::int64_t b_elements =
        wide * lanes * smaller(task.depth, most_depth);  // first, so that both are aligned
    Nest{static_cast<const T*>(task.a),
         static_cast<const T*>(task.b),
         c,
         task,
         scratch + b_elements,
         scratch}
        .multiply();
  }

  static constexpr ProductKernel kernel{scratch_bytes, run};
};

// Integers wrap, as unsigned ones do.
template <class Isa>
ProductKernel product_kernel(DType dtype) {
  switch (dtype) {
    case DType::float32:
      return Nest<Isa, float>::kernel;
    case DType::float64:
      return Nest<Isa, double>::kernel;
    case DType::int32:
      return Nest<Isa, std::uint32_t>::kernel;
    case DType::int64:
      return Nest<Isa, std::uint64_t>::kernel;
    case DType::boolean:
      break;
  }
  return {};
}

}  // namespace
}  // namespace gradus
