#include "stroke_raster.h"

#include <algorithm>
#include <cmath>

namespace gradus {
namespace {

// The pixels from first to last that lie within `reach` of the interval from a to b.
struct Range {
  std::int64_t first, last;
};
Range pixels_near(double a, double b, double reach, std::int64_t side) {
  const double end = static_cast<double>(side - 1);
  return {static_cast<std::int64_t>(std::clamp(std::ceil(std::min(a, b) - reach), 0.0, end)),
          static_cast<std::int64_t>(std::clamp(std::floor(std::max(a, b) + reach), 0.0, end))};
}

// Lowers each pixel to the squared distance from the segment, if that is less; in pen radii.
void approach(const Segment& segment, double softness, std::span<float> pixels, std::int64_t side) {
  const double reach = segment.radius + softness / 2;
  const Range columns = pixels_near(segment.from.x, segment.to.x, reach, side);
  const Range rows = pixels_near(segment.from.y, segment.to.y, reach, side);
  const auto ax = static_cast<float>(segment.from.x), ay = static_cast<float>(segment.from.y);
  const float dx = static_cast<float>(segment.to.x) - ax,
              dy = static_cast<float>(segment.to.y) - ay;
  const float inverse_length2 = 1 / std::max(dx * dx + dy * dy, 1e-12f);
  const auto inverse_radius2 = static_cast<float>(1 / (segment.radius * segment.radius));
  for (std::int64_t row = rows.first; row <= rows.last; ++row) {
    float* line = pixels.data() + row * side;
    const float y = static_cast<float>(row) - ay;
    for (std::int64_t column = columns.first; column <= columns.last; ++column) {
      const float x = static_cast<float>(column) - ax;
      const float t = std::clamp((x * dx + y * dy) * inverse_length2, 0.0f, 1.0f);
      const float gap_x = x - t * dx, gap_y = y - t * dy;
      line[column] = std::min(line[column], (gap_x * gap_x + gap_y * gap_y) * inverse_radius2);
    }
  }
}

}  // namespace

void draw(std::span<const Segment> segments, double softness, std::span<float> pixels,
          std::int64_t side) {
  std::ranges::fill(pixels, 1e6f);
  double radius = 0;
  for (const Segment& segment : segments) {
    approach(segment, softness, pixels, side);
    radius += segment.radius / static_cast<double>(segments.size());
  }
  const auto slope = static_cast<float>(radius / softness);
  for (float& pixel : pixels) pixel = std::clamp(0.5f + (1 - std::sqrt(pixel)) * slope, 0.0f, 1.0f);
}

}  // namespace gradus
