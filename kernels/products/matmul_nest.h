// The loops around the register tile.
//
//   for each block of rows                    a block of op(a) stays in the L2 cache
//     for each slice of the depth
//       for each panel of columns             a panel of op(b) stays in the L1 cache
//         for each tile of rows               the sums stay in registers
//           for each step of the depth        tile()
//
// A tile sums over one slice of the depth in order, and adds that to c: so each c[i, j] is made in
// one order, however the other loops are cut. The terms of a sum are packed one after the other;
// what lies in one term, and is read seldom or in order, is not packed at all.
#pragma once

#include <cstddef>

#include "matmul_dots.h"
#include "matmul_kernel.h"
#include "matmul_pack.h"
#include "matmul_tile.h"
#include "matmul_vector.h"

namespace gradus {
namespace {

// Dot products need less:
//
//   for each slice of the depth
//     for each block of columns                 stays in the L2 cache
//       for each tile of rows                   stays in the L1 cache
//         for each panel of columns             the sums stay in registers
//
// An Isa tells: the bytes of its vectors; the rows of its register tile of two vectors; the rows
// and vectors of the one for many rows, which loads less for each multiply-add; the rows and
// columns of one of dot products, and its rows where there are many in all; for how many rows op(b)
// is transposed on its way rather than packed; and how many rows of op(a) make a block.
template <class Isa, class T>
struct Nest {
  static constexpr std::int64_t lanes = Isa::vector_bytes / static_cast<int>(sizeof(T));
  static constexpr std::int64_t max_rows = Isa::block_rows * 4 / static_cast<int>(sizeof(T));
  // Of the rows of a tile of dot products, of one slice; of a block of columns beside them.
  static constexpr std::int64_t dot_elements = 20480 / static_cast<int>(sizeof(T)),
                                dot_block_elements = 204800 / static_cast<int>(sizeof(T));
  // Tiles between which the next panel is asked for.
  static constexpr std::int64_t tiles_at_once = 8;
  // Rows from here on are many: what the last tile lacks does not count.
  static constexpr std::int64_t many_rows = 16;
  // From where on packing pays: op(b) by the tiles of rows that read a panel, op(a) by panels.
  static constexpr std::int64_t unpacked_tiles = 4, unpacked_panels = 16;
  // An op(b) of fewer is in the L2 cache anyway.
  static constexpr std::int64_t near_elements = (1 << 20) / static_cast<int>(sizeof(T));

  const MatmulTask& task;
  T* packed_a;
  T* packed_b;

  // Rows of op(a) and steps of the depth that are multiplied with all columns.
  struct Part {
    std::int64_t row, rows;
    std::int64_t tiles, higher_tiles;  // the first ones have a row more, if there are any
    std::int64_t step, steps;
    std::int64_t panel;  // columns of one
    Lines<T> a, b;       // no data: packed
    Update<T> update;

    std::int64_t tile_begin(std::int64_t t) const { return part_begin(rows, tiles, t); }
  };

  static std::int64_t b_elements(std::int64_t slice) { return wide * lanes * slice; }
  static std::size_t scratch_bytes(std::int64_t rows, std::int64_t slice) {
    const std::int64_t a_elements = pieces_of(smaller(rows, max_rows) * slice, lanes) * lanes;
    return static_cast<std::size_t>(larger(a_elements, dot_elements) + b_elements(slice)) *
           sizeof(T);
  }

  // From line `first` of the block and step `step` of the term on.
  static Lines<T> lines_of(const MatmulOperand& x, bool along_the_depth, std::int64_t depth,
                           std::int64_t count, std::int64_t first, std::int64_t step) {
    const std::int64_t stride = x.stride != 0 ? x.stride : along_the_depth ? depth : count;
    const std::int64_t across = along_the_depth ? stride : 1, along = along_the_depth ? 1 : stride;
    return {static_cast<const T*>(x.data) + first * across + step * along, across, along};
  }
  Lines<T> lines_of(const MatmulTerm& term, bool of_a, std::int64_t first,
                    std::int64_t step) const {
    return of_a ? lines_of(term.a, !term.a.transposed, term.depth, task.a_rows, first, step)
                : lines_of(term.b, term.b.transposed, term.depth, task.b_columns, first, step);
  }
  Lines<T> left(const MatmulTerm& term, std::int64_t row, std::int64_t step) const {
    return lines_of(term, !task.swapped, task.first_row + row, step);
  }
  Lines<T> right(const MatmulTerm& term, std::int64_t column, std::int64_t step) const {
    return lines_of(term, task.swapped, task.first_column + column, step);
  }

  // Calls f(term, its first step, number of steps, place in the slice) for the terms of a slice.
  template <class F>
  void for_terms(std::int64_t step, std::int64_t steps, F f) const {
    std::int64_t begin = 0;
    for (const MatmulTerm* term = task.terms; term != task.terms + task.term_count; ++term) {
      const std::int64_t first = larger(0, step - begin);
      const std::int64_t last = smaller(step + steps - begin, term->depth);
      if (first < last) f(*term, first, last - first, begin + first - step);
      begin += term->depth;
    }
  }

  Part part_of(std::int64_t row, std::int64_t rows, std::int64_t step, std::int64_t steps) const {
    const bool is_many = rows >= many_rows;
    const int vectors = rows <= few_rows ? wide : is_many ? Isa::tile_vectors_of_many : 2;
    const std::int64_t tiles = pieces_of(rows, is_many ? Isa::tile_rows_of_many : Isa::tile_rows);
    Part part{.row = row,
              .rows = rows,
              .tiles = tiles,
              .higher_tiles = rows % tiles,
              .step = step,
              .steps = steps,
              .panel = lanes * vectors,
              .a = {},
              .b = {},
              .update = update_of(step)};
    for_terms(
        step, steps,
        [&](const MatmulTerm& term, std::int64_t from, std::int64_t count, std::int64_t) {
          if (count < steps) return;
          const Lines<T> a = left(term, row, from), b = right(term, 0, from);
          if (b.across != 1 && find_tiles_along<Isa, T>(rows, rows == 1 ? wide : 2)) {
            part.b = b;
            part.panel = lanes * (rows == 1 ? wide : 2);
          }
          if (b.across == 1 && part.tiles <= unpacked_tiles) part.b = b;
          if (part.tiles == 1 || (a.along == 1 && task.columns <= unpacked_panels * part.panel))
            part.a = a;
        });
    return part;
  }

  // Of the slice that begins at this step.
  Update<T> update_of(std::int64_t step) const {
    return {number(task.alpha), number(step == 0 ? task.beta : 1), step > 0 || task.beta != 0};
  }
  // alpha and beta; a negative integer wraps.
  static T number(double x) {
    if constexpr (std::is_floating_point_v<T>)
      return static_cast<T>(x);
    else
      return static_cast<T>(static_cast<std::int64_t>(x));
  }

  // Tile by tile; where rows lie across, a few steps at a time: those of all tiles are one straight
  // run of memory, and each tile asks for its part of the next.
  void pack_rows(const Part& part) const {
    constexpr std::int64_t few = 16;
    for_terms(
        part.step, part.steps,
        [&](const MatmulTerm& term, std::int64_t from, std::int64_t count, std::int64_t place) {
          const Lines<T> a = left(term, part.row, from);
          const std::int64_t most = a.across == 1 ? few : count;
          for (std::int64_t k = 0; k < count; k += most)
            for (std::int64_t t = 0; t < part.tiles; ++t) {
              const std::int64_t first = part.tile_begin(t),
                                 height = part.tile_begin(t + 1) - first;
              const T* const tile = a.data + first * a.across;
              for (std::int64_t next = k + most; next < smaller(k + 2 * most, count); ++next)
                prefetch(tile + next * a.along);
              pack<Isa>(tile + k * a.along, a.across, a.along, height, smaller(most, count - k),
                        packed_a + first * part.steps + (place + k) * height, height);
            }
        });
  }

  // The last panel is read in place, too, if it consists of whole vectors that lie across.
  bool is_packed(const Part& part, std::int64_t columns) const {
    return part.b.data == nullptr ||
           (columns < part.panel && (part.b.across != 1 || columns % lanes != 0));
  }
  void pack_panel(const Part& part, std::int64_t column, std::int64_t columns, T* panel) const {
    const std::int64_t width = pieces_of(columns, lanes) * lanes;
    for_terms(
        part.step, part.steps,
        [&](const MatmulTerm& term, std::int64_t from, std::int64_t count, std::int64_t place) {
          const Lines<T> b = right(term, column, from);
          pack<Isa>(b.data, b.across, b.along, columns, count, panel + place * width, width);
        });
  }

  // Tiles t .. t + count - 1, of one height, against one panel of columns, from `column` on.
  void multiply_tiles(const Part& part, std::int64_t t, std::int64_t count, const Lines<T>& b,
                      std::int64_t column, std::int64_t columns) const {
    const std::int64_t first = part.tile_begin(t), height = part.tile_begin(t + 1) - first;
    const std::int64_t vectors = pieces_of(columns, lanes), width = vectors * lanes;
    const RunTiles<T> run_tiles = b.across == 1 ? find_tiles<Isa, T>(height, vectors)
                                                : find_tiles_along<Isa, T>(height, vectors);
    const bool a_is_packed = part.a.data == nullptr;
    Tiles<T> tiles{.a = a_is_packed ? Lines<T>{packed_a + first * part.steps, 1, height}
                                    : Lines<T>{part.a.data + first * part.a.across, part.a.across,
                                               part.a.along},
                   .b = b,
                   .c = static_cast<T*>(task.c) + (part.row + first) * task.c_stride + column,
                   .count = count,
                   .a_apart = height * (a_is_packed ? part.steps : part.a.across),
                   .b_apart = 0,
                   .c_apart = height * task.c_stride};
    if (columns == width) return run_tiles(part.steps, tiles, task.c_stride, part.update);

    T edge[Isa::tile_rows * wide * lanes];  // the last columns, with room for whole vectors
    T* c = tiles.c;
    tiles.c = edge;
    tiles.count = 1;
    for (std::int64_t tile = 0; tile < count; ++tile, c += height * task.c_stride) {
      for (std::int64_t i = 0; i < height; ++i)
        for (std::int64_t j = 0; j < width; ++j)
          edge[i * width + j] = part.update.reads_c && j < columns ? c[i * task.c_stride + j] : T{};
      run_tiles(part.steps, tiles, width, part.update);
      for (std::int64_t i = 0; i < height; ++i)
        for (std::int64_t j = 0; j < columns; ++j) c[i * task.c_stride + j] = edge[i * width + j];
      tiles.a.data += tiles.a_apart;
    }
  }

  // Where op(b) lies across, a panel is a few lines of the cache from each of many rows, which no
  // processor guesses: the tiles of the panel before ask for it, each for a part.
  bool asks_for_panels() const { return task.depth * task.columns >= near_elements; }
  void prefetch_panel(const Part& part, std::int64_t column, std::int64_t first_tile,
                      std::int64_t last_tile) const {
    const std::int64_t columns = smaller(part.panel, task.columns - column);
    if (columns <= 0 || !is_packed(part, columns)) return;
    const std::int64_t first = part_begin(part.steps, part.tiles, first_tile);
    const std::int64_t last = part_begin(part.steps, part.tiles, last_tile);
    for_terms(part.step + first, last - first,
              [&](const MatmulTerm& term, std::int64_t from, std::int64_t count, std::int64_t) {
                const Lines<T> b = right(term, column, from);
                if (b.across != 1) return;
                for (std::int64_t k = 0; k < count; ++k)
                  for (std::int64_t j = 0; j < columns; j += line(1))
                    prefetch(b.data + k * b.along + j);
              });
  }

  void multiply_panel(const Part& part, std::int64_t column, std::int64_t columns) const {
    Lines<T> b{packed_b, 1, pieces_of(columns, lanes) * lanes};
    if (is_packed(part, columns))
      pack_panel(part, column, columns, packed_b);
    else
      b = {part.b.data + column * part.b.across, part.b.across, part.b.along};
    for (std::int64_t t = 0; t < part.tiles;) {
      const std::int64_t of_height = t < part.higher_tiles ? part.higher_tiles : part.tiles;
      const std::int64_t next =
          asks_for_panels() ? smaller(t + tiles_at_once, of_height) : of_height;
      if (asks_for_panels()) prefetch_panel(part, column + part.panel, t, next);
      multiply_tiles(part, t, next - t, b, column, columns);
      t = next;
    }
  }

  void multiply_part(const Part& part) const {
    if (part.a.data == nullptr) pack_rows(part);
    for (std::int64_t column = 0; column < task.columns; column += part.panel)
      multiply_panel(part, column, smaller(part.panel, task.columns - column));
  }

  // The rows of a tile.
  std::int64_t dot_rows() const {
    constexpr std::int64_t many = 64;
    return task.rows < many ? Isa::dot_rows : Isa::dot_rows_of_many;
  }
  void multiply_dots() const {
    for (std::int64_t step = 0; step < task.depth; step += task.slice) {
      const std::int64_t steps = smaller(task.slice, task.depth - step);
      const std::int64_t tiles = pieces_of(task.rows, dot_rows());
      const std::int64_t blocks = pieces_of(task.columns * line(steps), dot_block_elements);
      const std::int64_t panels = pieces_of(task.columns, Isa::dot_columns);
      for (std::int64_t j = 0; j < blocks; ++j) {
        const std::int64_t column = part_begin(panels, blocks, j) * Isa::dot_columns;
        const std::int64_t last_column =
            smaller(task.columns, part_begin(panels, blocks, j + 1) * Isa::dot_columns);
        for (std::int64_t t = 0; t < tiles; ++t)
          multiply_dots_of_rows(
              {part_begin(task.rows, tiles, t), part_begin(task.rows, tiles, t + 1),
               part_begin(task.rows, tiles, smaller(t + 2, tiles))},
              column, last_column, step, steps);
      }
    }
  }
  // Elements of a line of `steps` when the next one begins on a line of the cache.
  static std::int64_t line(std::int64_t steps) {
    constexpr std::int64_t unit = 64 / static_cast<std::int64_t>(sizeof(T));
    return pieces_of(steps, unit) * unit;
  }
  struct Steps {
    std::int64_t begin, end;
  };
  // Rows begin .. end - 1 of a tile; those of the next end before next_end.
  struct DotRows {
    std::int64_t begin, end, next_end;
  };
  void multiply_dots_of_rows(const DotRows& rows, std::int64_t first_column,
                             std::int64_t last_column, std::int64_t step,
                             std::int64_t steps) const {
    const std::int64_t height = rows.end - rows.begin;
    const Lines<T> a = aligned(left(task.terms[0], rows.begin, step), height, steps);
    const Update<T> update = update_of(step);
    for (std::int64_t column = first_column, next = column; column < last_column; column = next) {
      const std::int64_t left_over = last_column - column;
      const std::int64_t width = smaller(Isa::dot_columns, left_over);
      const std::int64_t panels = smaller(tiles_at_once, left_over / width);
      next = column + panels * width;
      prefetch_rows(rows, step,
                    {steps * (column - first_column) / (last_column - first_column),
                     steps * (next - first_column) / (last_column - first_column)});
      const Lines<T> b = right(task.terms[0], column, step);
      find_tiles_of_dots<Isa, T>(height, width)(
          steps,
          {.a = a,
           .b = b,
           .c = static_cast<T*>(task.c) + rows.begin * task.c_stride + column,
           .count = panels,
           .a_apart = 0,
           .b_apart = width * b.across,
           .c_apart = width},
          task.c_stride, update);
    }
  }
  // The next rows are a few lines that lie far from each other, which no processor guesses: each
  // panel of those before asks for its part of them.
  void prefetch_rows(const DotRows& rows, std::int64_t step, Steps part) const {
    const Lines<T> next = left(task.terms[0], rows.end, step);
    for (std::int64_t i = 0; i < rows.next_end - rows.end; ++i)
      for (std::int64_t k = line(part.begin); k < part.end; k += line(1))
        prefetch(next.data + i * next.across + k);
  }
  // A vector that lies across two lines of the cache is read at half the speed: rows that are read
  // often enough are copied.
  Lines<T> aligned(const Lines<T>& a, std::int64_t rows, std::int64_t steps) const {
    constexpr std::int64_t worth_copying = 32;  // columns
    const std::int64_t across = line(steps);
    if (task.columns < worth_copying || (a.across % line(1) == 0 && is_aligned(a.data))) return a;
    for (std::int64_t i = 0; i < rows; ++i)
      __builtin_memcpy(packed_a + i * across, a.data + i * a.across,
                       static_cast<std::size_t>(steps) * sizeof(T));
    return {packed_a, across, 1};
  }
  static bool is_aligned(const T* data) { return reinterpret_cast<std::uintptr_t>(data) % 64 == 0; }

  void multiply() const {
    if (task.sums_dots) return multiply_dots();
    const std::int64_t row_blocks = pieces_of(task.rows, max_rows);
    for (std::int64_t r = 0; r < row_blocks; ++r) {
      const std::int64_t row = part_begin(task.rows, row_blocks, r);
      const std::int64_t rows = part_begin(task.rows, row_blocks, r + 1) - row;
      std::int64_t step = 0;
      do {  // once where there is no depth, too: c = beta * c
        multiply_part(part_of(row, rows, step, smaller(task.slice, task.depth - step)));
        step += task.slice;
      } while (step < task.depth);
    }
  }

  static void run(const MatmulTask& task) {
    T* const scratch = static_cast<T*>(task.scratch);
    const std::int64_t of_b = task.sums_dots ? 0 : b_elements(task.slice);
    Nest{task, scratch + of_b, scratch}.multiply();  // both are aligned
  }

  static constexpr MatmulKernel kernel{Isa::vector_bytes, scratch_bytes, run};
};

// Integers wrap, as unsigned ones do.
template <class Isa>
MatmulKernel matmul_kernel(DType dtype) {
  constexpr MatmulKernel kernels[] = {Nest<Isa, float>::kernel,
                                      Nest<Isa, double>::kernel,
                                      Nest<Isa, std::uint32_t>::kernel,
                                      Nest<Isa, std::uint64_t>::kernel,
                                      {}};
  return kernels[static_cast<std::size_t>(dtype)];
}

}  // namespace
}  // namespace gradus
