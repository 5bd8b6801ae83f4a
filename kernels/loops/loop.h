// A loop over tiles: every part of an array goes through all instructions while it is in the cache.
//
//   tile of x, tile of b  ->  add  ->  elu  ->  tile of y, sum of the tile
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <gradus/op/elementwise.h>
#include <gradus/op/reduction.h>

namespace gradus {

// Unless a loop only adds up what it reads, no tile is longer.
inline constexpr std::int64_t max_tile_elements = 512;

// Within a loop.
using SlotNumber = std::uint8_t;

// Where the tiles of one input, output or intermediate value are.
struct LoopSlot {
  enum class Kind : std::uint8_t {
    element,   // in memory, element by element
    row,       // in memory, the same for every row
    passing,   // a buffer of the loop
    scalar,    // a buffer that is filled with one number before the loop
    all_rows,  // a buffer that is filled with a row, as often as a tile has rows
    column,    // a buffer that is filled tile by tile with the number of each row
  };
  Kind kind = Kind::passing;
  std::uint8_t bytes = 0;      // of an element
  std::uint16_t buffer = 0;    // of those that have one
  const void* data = nullptr;  // in memory
};

// What a sum over the whole loop needs beside its instruction.
struct LoopSum {
  enum class Kind : std::uint8_t { total, of_rows, along_rows };
  Kind kind = Kind::total;
  DType dtype = float32;
  Reduce reduce = nullptr;  // elements to a sum
  Reduce fold = nullptr;    // sums to a sum
  Tile add = nullptr;
  void* result = nullptr;
  std::byte* partial = nullptr;  // of each granule: of each of its tiles, or one row
};

// Among the kernels of a plan.
using TileNumber = std::uint16_t;

// 8 bytes: a long graph has millions, and each is read in every run.
struct LoopInstruction {
  enum class Kind : std::uint8_t { tile, copy, sum };
  Kind kind = Kind::tile;
  std::array<SlotNumber, 4> inputs{};  // a kernel of fewer looks at the first
  SlotNumber output = 0;               // or the number of a sum
  TileNumber tile = 0;
};
static_assert(sizeof(LoopInstruction) == 8);

// The unit that threads share: fixed by the loop alone, so that partial sums, and with them the
// bits of a result, do not depend on the number of threads.
struct Granules {
  std::int64_t count = 1;
  std::int64_t units = 1;  // rows, or blocks of elements
  std::int64_t unit = 1;   // elements of one

  // The first element of granule i.
  std::int64_t begin(std::int64_t i, std::int64_t elements) const {
    const std::int64_t at = units / count * i + units % count * i / count;
    return at * unit < elements ? at * unit : elements;
  }
};

Granules granules_of_rows(std::int64_t rows, std::int64_t columns);
Granules granules_of_elements(std::int64_t elements);

struct Loop {
  std::int64_t elements = 0;
  std::int64_t columns = 0;            // 0: there are no rows
  std::int64_t tile_elements = 0;      // of a whole number of rows where rows are short
  std::int64_t tiles_per_granule = 0;  // at most
  bool is_streamed = false;            // its arrays together fit into no cache
  std::uint32_t buffers = 0;
  Granules granules;
  std::span<LoopSlot> slots;
  std::span<const LoopInstruction> instructions;
  const Tile* tiles = nullptr;  // of the plan
  std::span<const LoopSum> sums;

  std::int64_t rows_per_tile() const {
    return columns != 0 && columns <= tile_elements ? tile_elements / columns : 0;
  }
  // Of one buffer: no power of two, so that buffers do not share the same places of the cache.
  std::size_t buffer_bytes() const { return static_cast<std::size_t>(tile_elements) * 8 + 64; }
  // Bytes of scratch that each thread needs.
  std::size_t scratch_bytes() const;
};

// The granules first .. last - 1.
void run_granules(const Loop& loop, std::int64_t first, std::int64_t last, std::byte* scratch);
// When all granules are done: puts the partial sums together.
void finish_sums(const Loop& loop);

}  // namespace gradus
