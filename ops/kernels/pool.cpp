#include "pool.h"

#include <algorithm>

#include <fmt/format.h>

#include <gradus/op/attribute.h>
#include <gradus/op/thread_pool.h>

namespace gradus {
namespace {

using attributes::padding;
using attributes::pads;
using attributes::window;

// f(first channel of a pixel of x) for the pixels of a window inside of the image, by rows.
template <class F>
void for_pixels(const Pool& p, std::int64_t image, std::int64_t i, std::int64_t j, F f) {
  const auto& [vertical, horizontal] = p.over;
  const std::int64_t top = vertical.first(i), left = horizontal.first(j);
  const std::int64_t bottom = vertical.end(i), right = horizontal.end(j);
  for (std::int64_t k = vertical.begin(i); k < bottom; ++k) {
    const std::int64_t row = image * vertical.size + top + k * vertical.dilation;
    for (std::int64_t l = horizontal.begin(j); l < right; ++l)
      f((row * horizontal.size + left + l * horizontal.dilation) * p.channels);
  }
}
std::int64_t pixels_inside(const Pool& p, std::int64_t i, std::int64_t j) {
  std::int64_t count = 0;
  for_pixels(p, 0, i, j, [&](std::int64_t) { ++count; });
  return count;
}

// f(image, i, j, first channel of the result) for all windows; rows of them, or images where
// windows that overlap write to one place, are shared among threads.
template <class F>
void for_windows(const KernelCall& call, const Pool& p, bool by_image, F f) {
  const std::int64_t height = p.over[0].results, width = p.over[1].results;
  const auto do_row = [&](std::int64_t row) {
    for (std::int64_t j = 0; j < width; ++j)
      f(row / height, row % height, j, (row * width + j) * p.channels);
  };
  call.threads.parallel_for(by_image ? p.batch : p.rows(), [&](std::int64_t part) {
    if (!by_image) return do_row(part);
    for (std::int64_t i = 0; i < height; ++i) do_row(part * height + i);
  });
}

// f(place of the first largest element of x, place in the result), for windows and channels.
template <class T, class F>
void for_largest(const KernelCall& call, const Pool& p, bool by_image, F f) {
  const T* const x = call.inputs[1].as<T>();
  for_windows(call, p, by_image,
              [&](std::int64_t image, std::int64_t i, std::int64_t j, std::int64_t result) {
                for (std::int64_t c = 0; c < p.channels; ++c) {
                  std::int64_t best = -1;
                  for_pixels(p, image, i, j, [&](std::int64_t pixel) {
                    const T v = x[pixel + c];
                    if (best < 0 || v > x[best] || (v != v && x[best] == x[best])) best = pixel + c;
                  });
                  f(best, result + c);
                }
              });
}

template <class T>
T* cleared(const KernelCall& call) {
  T* const dx = static_cast<T*>(call.result);
  std::fill(dx, dx + call.output.shape.element_count(), T(0));
  return dx;
}

}  // namespace

Pool pool_of(const Call& f, const Shape& x) {
  if (x.rank() != 4)
    f.fail(fmt::format("images must be [batch, height, width, channels], got {}", to_text(x)));
  check_pair(f, "window", f[window]);
  const Window over = window_over(f, {x[1], x[2]}, {f[window][0], f[window][1]});
  for (std::size_t i = 0; f[padding] == "explicit" && i < f[pads].size(); ++i)
    if (f[pads][i] >= f[window][i / 2])
      f.fail_argument(fmt::format("padding {} is not smaller than the window of {}", f[pads][i],
                                  f[window][i / 2]));
  // All of a window would lie outside.
  if (f[padding] == "explicit" && (x[1] == 0 || x[2] == 0))
    f.fail(fmt::format("the image is empty: {}", to_text(x)));
  for (const WindowAxis& axis : over)
    if (is_some_window_empty(axis))
      f.fail(fmt::format("a dilation of {} steps over an image of {}", axis.dilation, to_text(x)));
  return {over, x[0], x[3]};
}

void find_largest(const KernelCall& call) {
  const Pool p = pool_of(call.f, call.inputs[0].shape);
  visit_float(call.output.dtype, [&]<class T>(T) {
    const T* const x = call.inputs[0].as<T>();
    for_windows(call, p, false,
                [&](std::int64_t image, std::int64_t i, std::int64_t j, std::int64_t result) {
                  T* const y = static_cast<T*>(call.result) + result;
                  bool is_first = true;
                  for_pixels(p, image, i, j, [&](std::int64_t pixel) {
                    for (std::int64_t c = 0; c < p.channels; ++c) {
                      const T v = x[pixel + c];
                      y[c] = is_first || v > y[c] || v != v ? v : y[c];
                    }
                    is_first = false;
                  });
                });
  });
}

void pick_largest(const KernelCall& call) {
  const Pool p = pool_of(call.f, call.inputs[1].shape);
  visit_float(call.output.dtype, [&]<class T>(T) {
    for_largest<T>(call, p, false, [&](std::int64_t place, std::int64_t result) {
      static_cast<T*>(call.result)[result] = call.inputs[0].as<T>()[place];
    });
  });
}

void add_to_largest(const KernelCall& call) {
  const Pool p = pool_of(call.f, call.output.shape);
  visit_float(call.output.dtype, [&]<class T>(T) {
    T* const dx = cleared<T>(call);
    for_largest<T>(call, p, true, [&](std::int64_t place, std::int64_t result) {
      dx[place] += call.inputs[0].as<T>()[result];
    });
  });
}

void find_means(const KernelCall& call) {
  const Pool p = pool_of(call.f, call.inputs[0].shape);
  visit_float(call.output.dtype, [&]<class T>(T) {
    const T* const x = call.inputs[0].as<T>();
    for_windows(call, p, false,
                [&](std::int64_t image, std::int64_t i, std::int64_t j, std::int64_t result) {
                  T* const y = static_cast<T*>(call.result) + result;
                  std::fill(y, y + p.channels, T(0));
                  for_pixels(p, image, i, j, [&](std::int64_t pixel) {
                    for (std::int64_t c = 0; c < p.channels; ++c) y[c] += x[pixel + c];
                  });
                  const T n = static_cast<T>(pixels_inside(p, i, j));
                  for (std::int64_t c = 0; c < p.channels; ++c) y[c] /= n;
                });
  });
}

void share_means(const KernelCall& call) {
  const Pool p = pool_of(call.f, call.output.shape);
  visit_float(call.output.dtype, [&]<class T>(T) {
    T* const dx = cleared<T>(call);
    for_windows(call, p, true,
                [&](std::int64_t image, std::int64_t i, std::int64_t j, std::int64_t result) {
                  const T* const dy = call.inputs[0].as<T>() + result;
                  const T n = static_cast<T>(pixels_inside(p, i, j));
                  for_pixels(p, image, i, j, [&](std::int64_t pixel) {
                    for (std::int64_t c = 0; c < p.channels; ++c) dx[pixel + c] += dy[c] / n;
                  });
                });
  });
}

}  // namespace gradus
