// How the ten digits are written: the paths of the pen.
#pragma once

#include <vector>

namespace gradus {

struct Point {
  double x = 0, y = 0;  // y is downwards

  friend bool operator==(Point, Point) = default;
};

// A smooth curve through its points; a point that is there twice is a corner.
using Stroke = std::vector<Point>;
// All strokes of one digit, in a box of height 1.
using Glyph = std::vector<Stroke>;

// glyphs[d] are the ways to write the digit d, each as likely.
using Glyphs = std::vector<std::vector<Glyph>>;
Glyphs digit_glyphs();

}  // namespace gradus
