#include "permute.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <gradus/shape.h>

#include "kernels/products/matmul_transpose.h"

namespace gradus {
namespace {

struct Axis {
  std::int64_t size, from, to;  // steps in x and in y, in elements
};

// The loops of a copy, outermost first.
struct Axes {
  std::array<Axis, max_rank> axis{};
  std::size_t count = 0;

  void add(Axis a) { axis[count++] = a; }
  Axis take(std::size_t i) {
    const Axis taken = axis[i];
    std::copy(axis.begin() + i + 1, axis.begin() + count, axis.begin() + i);
    --count;
    return taken;
  }
};

// The axes of y from the last on, in reverse; an axis whose steps continue its neighbour's joins
// it.
Axes merged(std::span<const std::int64_t> shape, std::span<const std::int64_t> strides) {
  Axes axes;
  std::int64_t to = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (shape[i] == 1) continue;
    Axis* const inner = axes.count > 0 ? &axes.axis[axes.count - 1] : nullptr;
    if (inner && strides[i] == inner->from * inner->size)
      inner->size *= shape[i];
    else
      axes.add({shape[i], strides[i], to});
    to *= shape[i];
  }
  std::reverse(axes.axis.begin(), axes.axis.begin() + axes.count);
  return axes;
}

template <class U>
void copy_row(const U* x, U* y, Axis row) {
  if (row.from == 1)
    std::memcpy(y, x, static_cast<std::size_t>(row.size) * sizeof(U));
  else if (row.from == 0)
    std::fill(y, y + row.size, *x);
  else
    for (std::int64_t j = 0; j < row.size; ++j) y[j] = x[j * row.from];
}

// y[i * down.to + j] = x[i + j * across.from]: a transpose, in strips of one cache line of x.
template <class U>
void transpose(const U* x, U* y, Axis down, Axis across) {
  constexpr std::int64_t strip = 64 / static_cast<std::int64_t>(sizeof(U));
  constexpr std::int64_t block = sizeof(U) == 1 ? 1 : 16 / static_cast<std::int64_t>(sizeof(U));
  for (std::int64_t first = 0; first < down.size; first += strip) {
    const std::int64_t last = std::min(first + strip, down.size);
    const std::int64_t last_block = first + (last - first) / block * block;
    std::int64_t j = 0;
    if constexpr (sizeof(U) > 1) {
      for (; j + block <= across.size; j += block) {
        for (std::int64_t i = first; i < last_block; i += block)
          transpose_block<U, 16>(x + i + j * across.from, across.from, y + i * down.to + j,
                                 down.to);
        for (std::int64_t i = last_block; i < last; ++i)
          for (std::int64_t n = j; n < j + block; ++n) y[i * down.to + n] = x[i + n * across.from];
      }
    }
    for (; j < across.size; ++j)
      for (std::int64_t i = first; i < last; ++i) y[i * down.to + j] = x[i + j * across.from];
  }
}

// All positions of the outer axes, counted like the wheels of an odometer.
template <class Copy>
void for_each_position(const Axes& axes, Copy copy) {
  std::array<std::int64_t, max_rank> index{};
  std::int64_t from = 0, to = 0;
  for (;;) {
    copy(from, to);
    std::size_t i = axes.count;
    for (; i > 0; --i) {
      const Axis& axis = axes.axis[i - 1];
      from += axis.from, to += axis.to;
      if (++index[i - 1] < axis.size) break;
      from -= axis.from * axis.size, to -= axis.to * axis.size;
      index[i - 1] = 0;
    }
    if (i == 0) return;
  }
}

template <class U>
void copy_axes(const U* x, U* y, Axes axes) {
  if (axes.count == 0) {
    *y = *x;
    return;
  }
  const Axis row = axes.take(axes.count - 1);
  if (row.from != 0 && row.from != 1)
    for (std::size_t i = 0; i < axes.count; ++i)
      if (axes.axis[i].from == 1) {
        const Axis down = axes.take(i);
        for_each_position(axes,
                          [=](auto from, auto to) { transpose(x + from, y + to, down, row); });
        return;
      }
  for_each_position(axes, [=](auto from, auto to) { copy_row(x + from, y + to, row); });
}

template <class U>
void put_row(const U* x, U* y, Axis row) {
  if (row.from == 1)
    std::memcpy(y, x, static_cast<std::size_t>(row.size) * sizeof(U));
  else
    for (std::int64_t j = 0; j < row.size; ++j) y[j * row.from] = x[j];
}

// f of a zero that has the element's size.
template <class F>
void visit_bytes(std::size_t element_bytes, F f) {
  if (element_bytes == 1)
    f(std::uint8_t{});
  else if (element_bytes == 4)
    f(std::uint32_t{});
  else
    f(std::uint64_t{});
}

}  // namespace

void copy_strided(const void* x, void* y, std::size_t element_bytes,
                  std::span<const std::int64_t> shape, std::span<const std::int64_t> strides) {
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return;
  const Axes axes = merged(shape, strides);
  visit_bytes(element_bytes,
              [&]<class U>(U) { copy_axes(static_cast<const U*>(x), static_cast<U*>(y), axes); });
}

void put_strided(const void* x, void* y, std::size_t element_bytes,
                 std::span<const std::int64_t> shape, std::span<const std::int64_t> strides) {
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return;
  Axes axes = merged(shape, strides);
  // One element is a row of one.
  const Axis row = axes.count == 0 ? Axis{1, 1, 1} : axes.take(axes.count - 1);
  visit_bytes(element_bytes, [&]<class U>(U) {
    for_each_position(axes, [&](std::int64_t there, std::int64_t here) {
      put_row(static_cast<const U*>(x) + here, static_cast<U*>(y) + there, row);
    });
  });
}

void copy_strided_rows(const void* x, void* y, std::size_t element_bytes,
                       std::span<const std::int64_t> shape, std::span<const std::int64_t> strides,
                       std::int64_t first, std::int64_t last) {
  std::array<std::int64_t, max_rank> part{};
  std::copy(shape.begin(), shape.end(), part.begin());
  part[0] = last - first;
  std::int64_t row_size = 1;
  for (const std::int64_t size : shape.subspan(1)) row_size *= size;
  const std::int64_t bytes = static_cast<std::int64_t>(element_bytes);
  copy_strided(static_cast<const std::byte*>(x) + first * strides[0] * bytes,
               static_cast<std::byte*>(y) + first * row_size * bytes, element_bytes,
               std::span(part).first(shape.size()), strides);
}

}  // namespace gradus
