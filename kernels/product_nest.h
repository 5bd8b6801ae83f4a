// The loops around the register tile.
//
//   for each block of rows                          a block of op(a), packed, stays in the L2 cache
//     for each block of the depth
//       for each panel of columns                   a panel of op(b), packed, stays in the L1 cache
//         for each tile of rows                     the sums stay in registers
//           for each step of the depth              tile()
//
// A tile sums over one slice of the depth in order, and adds that to c: so each c[i, j] is made in
// one order, however the other loops are cut. The terms of a sum are packed one behind the other.
#pragma once

#include <cstddef>

#include "product_kernel.h"
#include "product_pack.h"
#include "product_tile.h"
#include "product_vector.h"

namespace gradus {
namespace {

// Row r of op(a), or column r of op(b), lies at data + r * across, its steps of depth `along`
// apart.
template <class T>
struct Lines {
  const T* data;
  std::int64_t across, along;
};

template <class Isa, class T>
struct Nest {
  static constexpr std::int64_t lanes = Isa::vector_bytes / static_cast<int>(sizeof(T));
  static constexpr std::int64_t most_rows = 256 * 4 / static_cast<int>(sizeof(T));
  // A panel of op(b) whose rows lie in memory as they are needed is packed only if more tiles use
  // it: on the way there the reads from the L2 cache cost less.
  static constexpr std::int64_t unpacked_tiles = 24;

  const ProductTask& task;
  T* packed_a;
  T* packed_b;

  static std::int64_t panel_vectors(std::int64_t rows) { return rows <= few_rows ? wide : 2; }

  static std::size_t scratch_bytes(std::int64_t rows, std::int64_t slice) {
    const std::int64_t a_elements = pieces_of(smaller(rows, most_rows) * slice, lanes) * lanes;
    return static_cast<std::size_t>(a_elements + wide * lanes * slice) * sizeof(T);
  }

  static Lines<T> lines_of(const ProductOperand& x, bool along_the_depth, std::int64_t depth,
                           std::int64_t count) {
    const std::int64_t stride = x.stride != 0 ? x.stride : along_the_depth ? depth : count;
    return {static_cast<const T*>(x.data), along_the_depth ? stride : 1,
            along_the_depth ? 1 : stride};
  }
  Lines<T> rows_of_a(const ProductTerm& term) const {
    return lines_of(term.a, !term.a.transposed, term.depth, task.a_rows);
  }
  Lines<T> columns_of_b(const ProductTerm& term) const {
    return lines_of(term.b, term.b.transposed, term.depth, task.b_columns);
  }
  Lines<T> left(const ProductTerm& term) const {
    return task.swapped ? columns_of_b(term) : rows_of_a(term);
  }
  Lines<T> right(const ProductTerm& term) const {
    return task.swapped ? rows_of_a(term) : columns_of_b(term);
  }

  // Calls f(term, its first step, number of steps, place in the slice) for the terms of a slice.
  template <class F>
  void for_terms(std::int64_t step, std::int64_t steps, F f) const {
    std::int64_t begin = 0;
    for (const ProductTerm* term = task.terms; term != task.terms + task.term_count; ++term) {
      const std::int64_t first = begin < step ? step - begin : 0;
      const std::int64_t last = smaller(step + steps - begin, term->depth);
      if (first < last) f(*term, first, last - first, begin + first - step);
      begin += term->depth;
    }
  }

  // Rows first .. last - 1 of op(a), tile by tile.
  void pack_rows(std::int64_t row, std::int64_t rows, std::int64_t tiles, std::int64_t step,
                 std::int64_t steps) const {
    for (std::int64_t t = 0; t < tiles; ++t) {
      const std::int64_t first = part_begin(rows, tiles, t);
      const std::int64_t height = part_begin(rows, tiles, t + 1) - first;
      for_terms(
          step, steps,
          [&](const ProductTerm& term, std::int64_t from, std::int64_t count, std::int64_t place) {
            const Lines<T> a = left(term);
            pack<Isa>(a.data + (task.first_row + row + first) * a.across + from * a.along, a.across,
                      a.along, height, count, packed_a + first * steps + place * height, height);
          });
    }
  }

  // Where a panel of columns may be read as it lies in memory, that; else it is packed.
  Lines<T> panel_of(std::int64_t column, std::int64_t columns, std::int64_t width,
                    std::int64_t tiles, std::int64_t step, std::int64_t steps) const {
    Lines<T> panel{packed_b, 1, width};
    for_terms(
        step, steps,
        [&](const ProductTerm& term, std::int64_t from, std::int64_t count, std::int64_t place) {
          Lines<T> b = right(term);
          b.data += (task.first_column + column) * b.across + from * b.along;
          if (count == steps && b.across == 1 && columns == width && tiles <= unpacked_tiles)
            panel = b;
          else
            pack<Isa>(b.data, b.across, b.along, columns, count, packed_b + place * width, width);
        });
    return panel;
  }

  // One panel of columns against all packed rows.
  void multiply_panel(std::int64_t row, std::int64_t rows, std::int64_t tiles, std::int64_t column,
                      std::int64_t columns, std::int64_t step, std::int64_t steps) const {
    const std::int64_t vectors = pieces_of(columns, lanes), width = vectors * lanes;
    const Lines<T> panel = panel_of(column, columns, width, tiles, step, steps);
    const Update<T> update{number(task.alpha), number(step == 0 ? task.beta : 1),
                           step > 0 || task.beta != 0};
    for (std::int64_t t = 0; t < tiles; ++t) {
      const std::int64_t first = part_begin(rows, tiles, t);
      const std::int64_t height = part_begin(rows, tiles, t + 1) - first;
      const Tile<T> multiply_tile = find_tile<Isa, T>(height, vectors);
      const T* const a_tile = packed_a + first * steps;
      T* const c_tile = static_cast<T*>(task.c) + (row + first) * task.c_stride + column;
      if (columns == width) {
        multiply_tile(steps, a_tile, panel.data, panel.along, c_tile, task.c_stride, update);
        continue;
      }
      T edge[Isa::tile_rows * wide * lanes];  // the last columns, with room for whole vectors
      for (std::int64_t i = 0; i < height; ++i)
        for (std::int64_t j = 0; j < width; ++j)
          edge[i * width + j] = update.reads_c && j < columns ? c_tile[i * task.c_stride + j] : T{};
      multiply_tile(steps, a_tile, panel.data, panel.along, edge, width, update);
      for (std::int64_t i = 0; i < height; ++i)
        for (std::int64_t j = 0; j < columns; ++j)
          c_tile[i * task.c_stride + j] = edge[i * width + j];
    }
  }

  // alpha and beta; a negative integer wraps.
  static T number(double x) {
    if constexpr (std::is_floating_point_v<T>)
      return static_cast<T>(x);
    else
      return static_cast<T>(static_cast<std::int64_t>(x));
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
    for (std::int64_t r = 0; r < row_blocks; ++r) {
      const std::int64_t row = part_begin(task.rows, row_blocks, r);
      const std::int64_t rows = part_begin(task.rows, row_blocks, r + 1) - row;
      std::int64_t step = 0;
      do {  // once where there is no depth, too: c = beta * c
        multiply_block(row, rows, step, smaller(task.slice, task.depth - step));
        step += task.slice;
      } while (step < task.depth);
    }
  }

  static void run(const ProductTask& task) {
    T* const scratch = static_cast<T*>(task.scratch);
    Nest{task, scratch + wide * lanes * task.slice, scratch}.multiply();  // both are aligned
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
