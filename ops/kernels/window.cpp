#include "window.h"

#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/op/attribute.h>

namespace gradus {
namespace {

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

void check(const Call& f, const std::vector<std::int64_t>& dilations) {
  check_pair(f, "strides", f[strides]);
  check_pair(f, "dilations", dilations);
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
  if (a.size == any || a.window == any) {
    a.results = any;
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

WindowAxis axis_under(const Call& f, std::size_t axis, WindowAxis a) {
  if (a.window == 0) f.fail(fmt::format("the window has {} 0", names[axis]));
  if (a.results == any || a.window == any) {
    a.size = any;
    return a;
  }
  const std::int64_t span = reach(f, a.window, a.dilation);
  std::int64_t between = 0;  // the first elements of the first and last window
  if (__builtin_mul_overflow(std::max<std::int64_t>(a.results - 1, 0), a.stride, &between) ||
      between > max_element_count)
    f.fail("the result has more than 2^60 elements");
  if (f[padding] == "same") {
    a.size = a.results == 0 ? 0 : between + a.stride;
  } else if (a.results == 0) {
    f.fail(fmt::format("the image has {} 0", names[axis]));
  } else if (f[padding] == "valid") {
    a.size = between + std::max(span, a.stride);
  } else {
    const Pads around = explicit_pads(f, axis);
    a.size = between + span - around.before - around.after;
    if (a.size < 0)
      f.fail(fmt::format("padding takes {} of a {} of {}", around.before + around.after,
                         names[axis], between + span));
  }
  return a;
}

template <class F>
Window both(const std::vector<std::int64_t>& steps, const std::vector<std::int64_t>& dilations,
            Axis2 window, F axis) {
  return {axis(std::size_t{0},
               WindowAxis{.window = window.height, .stride = steps[0], .dilation = dilations[0]}),
          axis(std::size_t{1},
               WindowAxis{.window = window.width, .stride = steps[1], .dilation = dilations[1]})};
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

Window window_over(const Call& f, Axis2 image, Axis2 window,
                   const std::vector<std::int64_t>& dilations) {
  check(f, dilations);
  return both(f[strides], dilations, window, [&](std::size_t axis, WindowAxis a) {
    a.size = axis == 0 ? image.height : image.width;
    return axis_over(f, axis, a);
  });
}

Window window_under(const Call& f, Axis2 results, Axis2 window,
                    const std::vector<std::int64_t>& dilations) {
  check(f, dilations);
  const Window made = both(f[strides], dilations, window, [&](std::size_t axis, WindowAxis a) {
    a.results = axis == 0 ? results.height : results.width;
    return axis_under(f, axis, a);
  });
  return window_over(f, {made[0].size, made[1].size}, window, dilations);
}

}  // namespace gradus
