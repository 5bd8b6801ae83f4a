// Lines of a round pen on a grid of pixels.
#pragma once

#include <cstdint>
#include <span>

#include "digit_strokes.h"

namespace gradus {

// A straight piece of a stroke, in pixels; the pixel (0, 0) has its centre at the origin.
struct Segment {
  Point from, to;
  double radius = 1;  // of the pen
};

// Draws all segments into side * side pixels: 1 under the pen, 0 away from it, and between them a
// ramp of `softness` pixels about the pen's edge.
void draw(std::span<const Segment> segments, double softness, std::span<float> pixels,
          std::int64_t side);

}  // namespace gradus
