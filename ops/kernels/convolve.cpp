#include "convolve.h"

#include <cstring>

#include <gradus/op/thread_pool.h>

#include "kernels/products/matmul.h"
#include "strides.h"

namespace gradus {
namespace {

// Rows of the matrix of windows that are made at once: they stay in a cache.
std::int64_t rows_per_block(const Convolution& c) {
  constexpr std::int64_t elements = 1 << 16;
  return std::clamp<std::int64_t>(elements / std::max<std::int64_t>(c.depth(), 1), 16, 1024);
}
std::int64_t parts_of(std::int64_t n, std::int64_t part) { return n / part + (n % part != 0); }

std::size_t round_up(std::size_t bytes) { return (bytes + 63) / 64 * 64; }
std::size_t bytes_of(std::int64_t elements, DType dtype) {
  return static_cast<std::size_t>(elements) * size_of(dtype);
}

// The place of a row of the matrix of windows.
struct Place {
  std::int64_t image, top, left;

  Place(const Convolution& c, std::int64_t row) {
    const std::int64_t columns = c.window[1].results;
    left = c.window[1].first(row % columns);
    top = c.window[0].first(row / columns % c.window[0].results);
    image = row / columns / c.window[0].results;
  }
};

// f(first element of x, or -1 outside of the image) for each element of a window, by rows.
template <class F>
void for_pixels(const Convolution& c, std::int64_t row, F f) {
  const Place place(c, row);
  const auto& [vertical, horizontal] = c.window;
  for (std::int64_t k = 0; k < vertical.window; ++k) {
    const std::int64_t i = place.top + k * vertical.dilation;
    const bool is_inside = i >= 0 && i < vertical.size;
    const std::int64_t line = (place.image * vertical.size + i) * horizontal.size;
    for (std::int64_t l = 0; l < horizontal.window; ++l) {
      const std::int64_t j = place.left + l * horizontal.dilation;
      f(is_inside && j >= 0 && j < horizontal.size ? (line + j) * c.in : -1);
    }
  }
}

void gather_windows(const Convolution& c, DType dtype, const void* x, std::int64_t first,
                    std::int64_t count, void* windows) {
  const std::size_t pixel = bytes_of(c.in, dtype);
  if (pixel == 0) return;
  auto* to = static_cast<std::byte*>(windows);
  for (std::int64_t row = first; row < first + count; ++row)
    for_pixels(c, row, [&](std::int64_t element) {
      if (element < 0)
        std::memset(to, 0, pixel);
      else
        std::memcpy(to, at_element(x, element, size_of(dtype)), pixel);
      to += pixel;
    });
}

template <class T>
void scatter_windows(const Convolution& c, const void* windows, std::int64_t first,
                     std::int64_t count, void* x) {
  const T* from = static_cast<const T*>(windows);
  for (std::int64_t row = first; row < first + count; ++row)
    for_pixels(c, row, [&](std::int64_t element) {
      if (element >= 0)
        for (std::int64_t i = 0; i < c.in; ++i) static_cast<T*>(x)[element + i] += from[i];
      from += c.in;
    });
}

// What one task needs: a block of windows, and a product's own scratch after it.
struct ScratchSlice {
  std::size_t windows, product;

  ScratchSlice(const KernelCall& call, const Convolution& c, const MatmulShape& shape)
      : windows(round_up(bytes_of(rows_per_block(c) * c.depth(), call.output.dtype))),
        product(round_up(matmul_scratch_bytes(shape, call.output.dtype, call.set))) {}
  std::size_t bytes() const { return windows + product; }
};

MatmulShape forward_shape(const Convolution& c, std::int64_t rows) {
  return {.rows = rows, .columns = c.out, .depth = c.depth()};
}
MatmulShape back_shape(const Convolution& c, std::int64_t rows) {
  return {.rows = rows, .columns = c.depth(), .depth = c.out, .transpose_b = true};
}
MatmulShape filter_shape(const Convolution& c, std::int64_t rows) {
  return {.rows = c.depth(), .columns = c.out, .depth = rows, .transpose_a = true};
}

// Shares n items among as many tasks as there are threads, each with a slice of scratch.
template <class F>
void share(const KernelCall& call, std::int64_t n, const ScratchSlice& slice, F f) {
  const std::int64_t tasks = std::min<std::int64_t>(call.threads.threads(), n);
  call.threads.parallel_for(tasks, [&](std::int64_t task) {
    auto* const scratch =
        static_cast<std::byte*>(call.scratch) + static_cast<std::size_t>(task) * slice.bytes();
    for (std::int64_t i = n * task / tasks; i < n * (task + 1) / tasks; ++i)
      f(i, scratch, scratch + slice.windows);
  });
}

}  // namespace

std::size_t convolve_scratch_bytes(const KernelCall& call, const Convolution& c) {
  return ScratchSlice(call, c, forward_shape(c, rows_per_block(c))).bytes() *
         static_cast<std::size_t>(call.threads.threads());
}

void convolve(const KernelCall& call, const Convolution& c) {
  const DType dtype = call.output.dtype;
  const std::int64_t per_block = rows_per_block(c);
  const ScratchSlice slice(call, c, forward_shape(c, per_block));
  share(call, parts_of(c.rows(), per_block), slice,
        [&](std::int64_t block, void* windows, void* scratch) {
          const std::int64_t first = block * per_block;
          const MatmulShape shape = forward_shape(c, std::min(per_block, c.rows() - first));
          gather_windows(c, dtype, call.inputs[0].data, first, shape.rows, windows);
          product(shape, dtype, call.set, windows, call.inputs[1].data,
                  at_element(call.result, first * c.out, size_of(dtype)), whole(shape), scratch);
        });
}

std::size_t convolve_back_scratch_bytes(const KernelCall& call, const Convolution& c) {
  return ScratchSlice(call, c, back_shape(c, rows_per_block(c))).bytes() *
         static_cast<std::size_t>(call.threads.threads());
}

// Each image is one task's: its windows overlap and are added in order.
void convolve_back(const KernelCall& call, const Convolution& c) {
  const DType dtype = call.output.dtype;
  const std::int64_t per_block = rows_per_block(c);
  const std::int64_t rows = c.window[0].results * c.window[1].results;
  const std::int64_t pixels = c.window[0].size * c.window[1].size;
  const ScratchSlice slice(call, c, back_shape(c, per_block));
  share(call, c.batch, slice, [&](std::int64_t image, void* windows, void* scratch) {
    if (pixels * c.in != 0)
      std::memset(at_element(call.result, image * pixels * c.in, size_of(dtype)), 0,
                  bytes_of(pixels * c.in, dtype));
    for (std::int64_t first = image * rows; first < (image + 1) * rows; first += per_block) {
      const MatmulShape shape = back_shape(c, std::min(per_block, (image + 1) * rows - first));
      product(shape, dtype, call.set,
              at_element(call.inputs[0].data, first * c.out, size_of(dtype)), call.inputs[1].data,
              windows, whole(shape), scratch);
      visit_float(dtype, [&]<class T>(T) {
        scatter_windows<T>(c, windows, first, shape.rows, call.result);
      });
    }
  });
}

namespace {

template <class T>
void add_share(const KernelCall& call, const void* share, std::int64_t n, bool is_first) {
  constexpr std::int64_t part = 1 << 14;
  call.threads.parallel_for(parts_of(n, part), [&](std::int64_t p) {
    T* const y = static_cast<T*>(call.result);
    const T* const from = static_cast<const T*>(share);
    for (std::int64_t i = p * part; i < std::min(n, (p + 1) * part); ++i)
      y[i] = is_first ? from[i] : y[i] + from[i];
  });
}

}  // namespace

// The products' scratch, then a block of windows, then a block's share of the result.
std::size_t correlate_scratch_bytes(const KernelCall& call, const Convolution& c) {
  const ScratchSlice slice(call, c, filter_shape(c, rows_per_block(c)));
  return slice.product * static_cast<std::size_t>(call.threads.threads()) + slice.windows +
         round_up(bytes_of(c.depth() * c.out, call.output.dtype));
}

// Blocks of windows one after the other, each shared among threads.
void correlate(const KernelCall& call, const Convolution& c) {
  const DType dtype = call.output.dtype;
  const std::int64_t per_block = rows_per_block(c), n = c.depth() * c.out;
  if (c.rows() == 0 && n != 0) std::memset(call.result, 0, bytes_of(n, dtype));
  if (n == 0) return;
  const ScratchSlice sizes(call, c, filter_shape(c, per_block));
  auto* const slices = static_cast<std::byte*>(call.scratch);
  std::byte* const windows =
      slices + sizes.product * static_cast<std::size_t>(call.threads.threads());
  std::byte* const share = windows + sizes.windows;
  for (std::int64_t first = 0; first < c.rows(); first += per_block) {
    const MatmulShape shape = filter_shape(c, std::min(per_block, c.rows() - first));
    constexpr std::int64_t rows_per_part = 16;
    call.threads.parallel_for(parts_of(shape.depth, rows_per_part), [&](std::int64_t part) {
      const std::int64_t row = part * rows_per_part;
      gather_windows(c, dtype, call.inputs[1].data, first + row,
                     std::min(rows_per_part, shape.depth - row),
                     at_element(windows, row * c.depth(), size_of(dtype)));
    });
    const MatmulBlocks blocks = matmul_blocks(shape, call.threads.threads());
    call.threads.parallel_for(blocks.size(), [&](std::int64_t i) {
      product(shape, dtype, call.set, windows,
              at_element(call.inputs[0].data, first * c.out, size_of(dtype)), share, blocks[i],
              slices + static_cast<std::size_t>(i) * sizes.product);
    });
    visit_float(dtype, [&]<class T>(T) { add_share<T>(call, share, n, first == 0); });
  }
}

}  // namespace gradus
