#include "window.h"

#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/op/attribute.h>

namespace gradus {
namespace {

using attributes::dilations;
using attributes::padding;
using attributes::pads;
using attributes::strides;

constexpr std::int64_t largest_extent = std::numeric_limits<std::int32_t>::max();
constexpr const char* names[] = {"height", "width"};

// How far a window reaches; refused if that is no number.
std::int64_t reach(const Call& f, std::int64_t window, std::int64_t dilation) {
  std::int64_t span = 0;
  if (__builtin_mul_overflow(window - 1, dilation, &span) || span > max_element_count)
    f.fail(fmt::format("a window of {} with dilation {} is too large", window, dilation));
  return span + 1;
}

void check(const Call& f) {
  check_pair(f, "strides", f[strides]);
  check_pair(f, "dilations", f[dilations]);
  if (f[padding] != "valid" && f[padding] != "same" && f[padding] != "explicit")
    f.fail_argument(
        fmt::format("padding is \"valid\", \"same\" or \"explicit\", got \"{}\"", f[padding]));
  if (f[padding] != "explicit") return;
  if (f[pads].size() != 4)
    f.fail_argument(fmt::format("padding must be 4 numbers: top, bottom, left, right; got [{}]",
                                fmt::join(f[pads], ", ")));
  for (std::int64_t pad : f[pads])
    if (pad < 0 || pad > largest_extent)
      f.fail_argument(fmt::format("padding {} is out of range: 0 to {}", pad, largest_extent));
}

struct Pads {
  std::int64_t before = 0, after = 0;
};
Pads explicit_pads(const Call& f, std::size_t axis) {
  if (f[padding] != "explicit") return {};
  return {f[pads][2 * axis], f[pads][2 * axis + 1]};
}

WindowAxis axis_over(const Call& f, std::size_t axis, WindowAxis a) {
  if (a.window == 0) f.fail(fmt::format("the window has {} 0", names[axis]));
  if (a.size == any_size || a.window == any_size) {
    a.results = any_size;
    return a;
  }
  const std::int64_t span = reach(f, a.window, a.dilation);
  if (f[padding] == "same") {
    a.results = a.size / a.stride + (a.size % a.stride != 0);
    if (a.results > 0)
      a.before = std::max<std::int64_t>((a.results - 1) * a.stride + span - a.size, 0) / 2;
    return a;
  }
  const Pads around = explicit_pads(f, axis);
  a.before = around.before;
  const std::int64_t padded = a.size + around.before + around.after;
  if (span > padded)
    f.fail(fmt::format("a window of {} {} is larger than the padded image of {}", names[axis], span,
                       padded));
  a.results = (padded - span) / a.stride + 1;
  return a;
}

// The size of the image.
std::int64_t size_under(const Call& f, std::size_t axis, std::int64_t results, WindowAxis a) {
  if (a.window == 0) f.fail(fmt::format("the window has {} 0", names[axis]));
  if (results == any_size || a.window == any_size) return any_size;
  const std::int64_t span = reach(f, a.window, a.dilation);
  std::int64_t between = 0;  // the first elements of the first and last window
  if (__builtin_mul_overflow(std::max<std::int64_t>(results - 1, 0), a.stride, &between) ||
      between > max_element_count)
    f.fail("the result has more than 2^60 elements");
  if (f[padding] == "same") return results == 0 ? 0 : between + a.stride;
  if (results == 0) f.fail(fmt::format("the image has {} 0", names[axis]));
  if (f[padding] == "valid") return between + std::max(span, a.stride);
  const Pads around = explicit_pads(f, axis);
  const std::int64_t size = between + span - around.before - around.after;
  if (size < 0)
    f.fail(fmt::format("padding takes {} of a {} of {}", around.before + around.after, names[axis],
                       between + span));
  return size;
}

}  // namespace

void check_pair(const Call& f, const char* name, const std::vector<std::int64_t>& pair) {
  const bool is_pair = pair.size() == 2 && std::ranges::all_of(pair, [](std::int64_t v) {
                         return v >= 1 && v <= largest_extent;
                       });
  if (!is_pair)
    f.fail_argument(fmt::format("{} must be 2 numbers from 1 to {}, got [{}]", name, largest_extent,
                                fmt::join(pair, ", ")));
}

Padding padding_of(const Call& f) {
  if (f[padding] == "explicit") return f[pads];
  return f[padding] == "same" ? Padding::same : Padding::valid;
}

// Every window begins before the end of the image and ends after its beginning (pads are smaller
// than a window), so that only a dilation larger than the image can step over it. There
// (results - 1) stride < size < dilation. The first element of window i that is not before the
// image is (i stride - before) mod dilation, and must be below size.
bool is_some_window_empty(const WindowAxis& a) {
  if (a.results == any_size || a.dilation <= a.size) return false;
  const std::int64_t first = (a.dilation - a.before % a.dilation) % a.dilation;
  // The first window that may begin at or after the image's end, before it wraps to 0.
  const std::int64_t beyond = std::max<std::int64_t>(a.size - first, 0);
  const std::int64_t i = beyond / a.stride + (beyond % a.stride != 0);
  return i < a.results && first + i * a.stride < a.dilation;
}

Window window_over(const Call& f, Sizes image, Sizes window) {
  check(f);
  Window over;
  for (std::size_t i = 0; i < over.size(); ++i)
    over[i] = axis_over(f, i, {image[i], window[i], f[strides][i], f[dilations][i]});
  return over;
}

Window window_under(const Call& f, Sizes results, Sizes window) {
  check(f);
  Sizes image;
  for (std::size_t i = 0; i < image.size(); ++i)
    image[i] = size_under(f, i, results[i], {any_size, window[i], f[strides][i], f[dilations][i]});
  return window_over(f, image, window);
}

}  // namespace gradus
