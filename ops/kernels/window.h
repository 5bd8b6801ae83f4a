// Where a window lies over an image as it moves: for convolutions and pools.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <gradus/op/rule.h>
#include <gradus/padding.h>
#include <gradus/shape.h>

namespace gradus {

// One axis of an image: result i reads the elements i stride - before + k dilation of it, for
// k = 0 .. window - 1.
struct WindowAxis {
  std::int64_t size = 0, window = 1, stride = 1, dilation = 1, before = 0;
  std::int64_t results = 0;  // `any_size` if size or window is

  std::int64_t first(std::int64_t result) const { return result * stride - before; }
  // The k whose elements lie inside of the image: begin .. end - 1.
  std::int64_t begin(std::int64_t result) const {
    return std::max<std::int64_t>(0, (dilation - 1 - first(result)) / dilation);
  }
  std::int64_t end(std::int64_t result) const {
    const std::int64_t rest = size - 1 - first(result);
    return rest < 0 ? 0 : std::min(window, rest / dilation + 1);
  }
};
// Whether some window of a known number of them has no element inside of the image.
bool is_some_window_empty(const WindowAxis& a);

// Height and width.
using Window = std::array<WindowAxis, 2>;

using Sizes = std::array<std::int64_t, 2>;

// From the node's attributes strides, padding, pads and dilations. Refuses what is out of range,
// and a window that is larger than the padded image.
Window window_over(const Call& f, Sizes image, Sizes window);
// The same for the image that a transposed convolution makes of so many results.
Window window_under(const Call& f, Sizes results, Sizes window);
Padding padding_of(const Call& f);

// Two numbers from 1 to 2^31 - 1.
void check_pair(const Call& f, const char* name, const std::vector<std::int64_t>& pair);

}  // namespace gradus
