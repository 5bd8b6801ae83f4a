#include "loop.h"

#include <algorithm>
#include <cstring>

namespace gradus {
namespace {

// n times the element at x.
void fill(std::byte* to, const void* x, std::size_t bytes, std::int64_t n) {
  const auto each = [&]<class T>(T value) {
    std::memcpy(&value, x, sizeof(T));
    std::fill_n(reinterpret_cast<T*>(to), n, value);
  };
  if (bytes == 1)
    each(std::uint8_t{});
  else if (bytes == 4)
    each(std::uint32_t{});
  else
    each(std::uint64_t{});
}

// One thread's way through a loop.
class Walk {
 public:
  Walk(const Loop& loop, std::byte* scratch)
      : loop_(loop),
        at_(reinterpret_cast<std::byte**>(scratch)),
        steps_(reinterpret_cast<std::int64_t*>(scratch) + loop.slots.size()),
        buffers_(scratch + pointer_bytes(loop)),
        tile_sums_(buffers_ + loop.buffers * loop.buffer_bytes()) {
    for (std::size_t k = 0; k < loop.slots.size(); ++k) prepare(k);
  }

  static std::size_t pointer_bytes(const Loop& loop) {
    return (loop.slots.size() * (sizeof(std::byte*) + sizeof(std::int64_t)) + 63) / 64 * 64;
  }

  void run(std::int64_t granule) {
    granule_ = granule;
    tile_ = 0;
    const std::int64_t first = loop_.granules.begin(granule, loop_.elements);
    const std::int64_t last = loop_.granules.begin(granule + 1, loop_.elements);
    for (const LoopSum& sum : loop_.sums)
      if (sum.kind == LoopSum::Kind::of_rows) std::memset(row_of(sum), 0, row_bytes(sum));
    go_to(LoopSlot::Kind::element, first);
    if (loop_.columns == 0 || loop_.rows_per_tile() > 0) {
      for (std::int64_t i = first; i < last; i += loop_.tile_elements)
        run_tile(i, std::min(loop_.tile_elements, last - i));
      return;
    }
    for (std::int64_t row = first; row < last; row += loop_.columns) {
      go_to(LoopSlot::Kind::row, 0);
      for (std::int64_t i = 0; i < loop_.columns; i += loop_.tile_elements)
        run_tile(row + i, std::min(loop_.tile_elements, loop_.columns - i));
    }
  }

 private:
  std::byte* buffer(const LoopSlot& slot) const {
    return buffers_ + slot.buffer * loop_.buffer_bytes();
  }

  // What stays the same for all tiles.
  void prepare(std::size_t k) {
    const LoopSlot& slot = loop_.slots[k];
    steps_[k] = 0;
    switch (slot.kind) {
      case LoopSlot::Kind::passing:
      case LoopSlot::Kind::column:
        at_[k] = buffer(slot);
        break;
      case LoopSlot::Kind::scalar:
        at_[k] = buffer(slot);
        fill(at_[k], slot.data, slot.bytes, std::min(loop_.tile_elements, loop_.elements));
        break;
      case LoopSlot::Kind::all_rows: {
        at_[k] = buffer(slot);
        const std::size_t row = static_cast<std::size_t>(loop_.columns) * slot.bytes;
        for (std::int64_t i = 0; i < loop_.rows_per_tile(); ++i)
          std::memcpy(at_[k] + static_cast<std::size_t>(i) * row, slot.data, row);
        break;
      }
      case LoopSlot::Kind::element:
      case LoopSlot::Kind::row:
        steps_[k] = slot.bytes;
        break;
    }
  }
  // What is read or written in memory starts at its element i.
  void go_to(LoopSlot::Kind kind, std::int64_t i) {
    for (std::size_t k = 0; k < loop_.slots.size(); ++k)
      if (loop_.slots[k].kind == kind)
        at_[k] = static_cast<std::byte*>(const_cast<void*>(loop_.slots[k].data)) + i * steps_[k];
  }

  void run_tile(std::int64_t i, std::int64_t n) {
    if (loop_.columns != 0)
      for (std::size_t k = 0; k < loop_.slots.size(); ++k)
        if (loop_.slots[k].kind == LoopSlot::Kind::column) fill_column(k, i, n);
    if (loop_.is_streamed) prefetch_next_tile(n);
    const Tile* const tiles = loop_.tiles;
    std::byte* const* const at = at_;
    for (const LoopInstruction& instruction : loop_.instructions) {
      if (instruction.kind == LoopInstruction::Kind::tile) {
        const auto& [a, b, c, d] = instruction.inputs;
        const void* const inputs[] = {at[a], at[b], at[c], at[d]};
        tiles[instruction.tile](inputs, at[instruction.output], n);
      } else if (instruction.kind == LoopInstruction::Kind::copy) {
        std::memcpy(at_[instruction.output], at_[instruction.inputs[0]],
                    static_cast<std::size_t>(n) * loop_.slots[instruction.output].bytes);
      } else {
        add_up(loop_.sums[instruction.output], at_[instruction.inputs[0]], i, n);
      }
    }
    for (std::size_t k = 0; k < loop_.slots.size(); ++k) at_[k] += steps_[k] * n;
    ++tile_;
  }

  // Within a tile arrays are read in turn, a few lines each, so hardware prefetching would start
  // anew for each. All next lines are requested at once, every second one because the CPU fetches
  // the neighbour.
  void prefetch_next_tile(std::int64_t n) const {
    constexpr std::int64_t two_lines = 128;
    for (std::size_t k = 0; k < loop_.slots.size(); ++k) {
      if (loop_.slots[k].kind != LoopSlot::Kind::element) continue;
      const std::byte* const next = at_[k] + steps_[k] * n;
      for (std::int64_t byte = 0; byte < steps_[k] * n; byte += two_lines)
        __builtin_prefetch(next + byte);
    }
  }

  void fill_column(std::size_t k, std::int64_t i, std::int64_t n) {
    const LoopSlot& slot = loop_.slots[k];
    const auto* data = static_cast<const std::byte*>(slot.data);
    const std::int64_t columns = std::min(loop_.columns, n);
    for (std::int64_t j = 0; j < n; j += columns)
      fill(at_[k] + j * slot.bytes, data + (i + j) / loop_.columns * slot.bytes, slot.bytes,
           columns);
  }

  std::size_t row_bytes(const LoopSum& sum) const {
    return static_cast<std::size_t>(loop_.columns) * size_of(sum.dtype);
  }
  std::byte* row_of(const LoopSum& sum) const {
    return sum.partial + static_cast<std::size_t>(granule_) * row_bytes(sum);
  }

  // x: elements i .. i + n - 1 of what is summed.
  void add_up(const LoopSum& sum, const std::byte* x, std::int64_t i, std::int64_t n) {
    const auto bytes = static_cast<std::int64_t>(size_of(sum.dtype));
    const bool has_whole_rows = loop_.rows_per_tile() > 0;
    switch (sum.kind) {
      case LoopSum::Kind::total:
        sum.reduce(x, sum.partial + (granule_ * loop_.tiles_per_granule + tile_) * bytes, 1, n, 1);
        break;
      case LoopSum::Kind::of_rows: {
        std::byte* const to = row_of(sum) + i % loop_.columns * bytes;
        const std::int64_t width = has_whole_rows ? loop_.columns : n;
        const bool is_sum_already = sum.reduce == sum.fold && n == width;
        if (!is_sum_already) sum.reduce(x, tile_sums_, 1, n / width, width);
        const void* const inputs[] = {to, is_sum_already ? x : tile_sums_};
        sum.add(inputs, to, width);
        break;
      }
      case LoopSum::Kind::along_rows: {
        std::byte* const result = static_cast<std::byte*>(sum.result) + i / loop_.columns * bytes;
        if (has_whole_rows) {
          sum.reduce(x, result, n / loop_.columns, loop_.columns, 1);
          break;
        }
        const std::int64_t column = i % loop_.columns;
        std::byte* const of_tiles = sums_of_row(sum);
        sum.reduce(x, of_tiles + column / loop_.tile_elements * bytes, 1, n, 1);
        if (column + n == loop_.columns)
          sum.fold(of_tiles, result, 1, column / loop_.tile_elements + 1, 1);
        break;
      }
    }
  }
  // Of the tiles of a row that is longer than a tile; each sum has room of its own.
  std::byte* sums_of_row(const LoopSum& sum) const {
    const std::int64_t tiles = (loop_.columns + loop_.tile_elements - 1) / loop_.tile_elements;
    return tile_sums_ + loop_.buffer_bytes() + (&sum - loop_.sums.data()) * tiles * 8;
  }

  const Loop& loop_;
  // By slot: its tile, and by how many bytes that moves on for each element.
  std::byte** at_;
  std::int64_t* steps_;
  std::byte* buffers_;
  std::byte* tile_sums_;
  std::int64_t granule_ = 0, tile_ = 0;
};

constexpr std::int64_t elements_of_granule = 1 << 15;
constexpr std::int64_t rows_of_granule = 256;

}  // namespace

// Twelve divides evenly among one, two, three or four threads.
Granules granules_of_rows(std::int64_t rows, std::int64_t columns) {
  constexpr std::int64_t some = 12, few = 4;
  const std::int64_t count = rows < 4 * some ? few : std::max(some, rows / rows_of_granule);
  return {std::clamp<std::int64_t>(count, 1, std::max<std::int64_t>(rows, 1)), rows, columns};
}
Granules granules_of_elements(std::int64_t elements) {
  const std::int64_t blocks = (elements + elements_of_granule - 1) / elements_of_granule;
  return {std::max<std::int64_t>(blocks, 1), std::max<std::int64_t>(blocks, 1),
          elements_of_granule};
}

std::size_t Loop::scratch_bytes() const {
  const std::int64_t tiles_per_row =
      columns == 0 ? 0 : (columns + tile_elements - 1) / tile_elements;
  const std::size_t bytes = Walk::pointer_bytes(*this) + (buffers + 1) * buffer_bytes() +
                            sums.size() * static_cast<std::size_t>(tiles_per_row) * 8;
  return (bytes + 63) / 64 * 64;
}

void run_granules(const Loop& loop, std::int64_t first, std::int64_t last, std::byte* scratch) {
  Walk walk(loop, scratch);
  for (std::int64_t granule = first; granule < last; ++granule) walk.run(granule);
}

void finish_sums(const Loop& loop) {
  for (const LoopSum& sum : loop.sums) {
    if (sum.kind == LoopSum::Kind::total)
      sum.fold(sum.partial, sum.result, 1, loop.granules.count * loop.tiles_per_granule, 1);
    else if (sum.kind == LoopSum::Kind::of_rows)
      sum.fold(sum.partial, sum.result, 1, loop.granules.count, loop.columns);
  }
}

}  // namespace gradus
