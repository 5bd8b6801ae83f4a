#include <gradus/generated_digits.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/random.h>

#include "digit_strokes.h"
#include "stroke_raster.h"

namespace gradus {
namespace {

constexpr std::int64_t side = 28;
constexpr std::int64_t digit_count = 10;
constexpr double box = 20;  // a digit is scaled to this many pixels, as in MNIST

// A smooth displacement of the whole paper: a slow sine wave along each axis.
class Wave {
 public:
  Wave(Random& random, double amplitude)
      : amplitude_(random.normal() * amplitude),
        phase_(random.uniform(0, 2 * std::numbers::pi)),
        x_(random.uniform(-5, 5)),
        y_(random.uniform(-5, 5)) {}
  double operator()(Point p) const { return amplitude_ * std::sin(phase_ + x_ * p.x + y_ * p.y); }

 private:
  double amplitude_, phase_, x_, y_;
};

// One hand's way to change all points of a glyph: width, slant and turn, then waves.
class Hand {
 public:
  explicit Hand(Random& random) : wave_x_(random, 0.05), wave_y_(random, 0.04) {
    const double width = std::exp(0.12 + 0.24 * random.truncated_normal());
    const double slant = 0.16 + 0.22 * random.truncated_normal();
    const double turn = 0.12 * random.truncated_normal();
    const double c = std::cos(turn), s = std::sin(turn);
    matrix_ = {c * width, -c * slant - s, s * width, c - s * slant};
  }
  Point operator()(Point p) const {
    const Point q{matrix_[0] * p.x + matrix_[1] * p.y, matrix_[2] * p.x + matrix_[3] * p.y};
    return {q.x + wave_x_(q), q.y + wave_y_(q)};
  }

 private:
  std::array<double, 4> matrix_;
  Wave wave_x_, wave_y_;
};

Stroke written(const Stroke& stroke, const Hand& hand, Random& random) {
  constexpr double tremble = 0.028;
  Stroke result;
  for (std::size_t i = 0; i < stroke.size(); ++i) {
    const bool is_corner = i > 0 && stroke[i] == stroke[i - 1];
    result.push_back(is_corner ? result.back()
                               : hand({stroke[i].x + tremble * random.normal(),
                                       stroke[i].y + tremble * random.normal()}));
  }
  return result;
}

// Catmull and Rom's cubic from b to c, where a comes before and d after; t from 0 to 1.
Point between(Point a, Point b, Point c, Point d, double t) {
  const auto along = [t](double a1, double b1, double c1, double d1) {
    return b1 +
           t / 2 * (c1 - a1 + t * (2 * a1 - 5 * b1 + 4 * c1 - d1 + t * (3 * (b1 - c1) + d1 - a1)));
  };
  return {along(a.x, b.x, c.x, d.x), along(a.y, b.y, c.y, d.y)};
}

void append_curve(const Stroke& points, std::vector<Segment>& segments) {
  constexpr int steps = 5;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    if (points[i] == points[i + 1]) continue;
    const Point before = points[i == 0 ? 0 : i - 1];
    const Point after = points[std::min(i + 2, points.size() - 1)];
    Point from = points[i];
    for (int step = 1; step <= steps; ++step) {
      const Point to = between(before, points[i], points[i + 1], after, double(step) / steps);
      segments.push_back({from, to});
      from = to;
    }
  }
}

// Scales the digit to the box, and moves the centre of its ink to the centre of the image.
void fit(std::vector<Segment>& segments, double radius, Random& random) {
  Point low = segments[0].from, high = low, centre;
  double total = 0;
  for (const auto& [from, to, unused] : segments) {
    low = {std::min({low.x, from.x, to.x}), std::min({low.y, from.y, to.y})};
    high = {std::max({high.x, from.x, to.x}), std::max({high.y, from.y, to.y})};
    const double length = std::hypot(to.x - from.x, to.y - from.y);
    centre.x += length * (from.x + to.x) / 2;
    centre.y += length * (from.y + to.y) / 2;
    total += length;
  }
  const double size = std::max({high.x - low.x, high.y - low.y, 0.1});
  const double scale = (box * random.uniform(0.92, 1.02) - 2 * radius) / size;
  const double middle = side / 2.0;
  const Point shift{middle + 0.4 * random.truncated_normal() - scale * centre.x / total,
                    middle + 0.4 * random.truncated_normal() - scale * centre.y / total};
  for (auto& [from, to, unused] : segments) {
    from = {shift.x + scale * from.x, shift.y + scale * from.y};
    to = {shift.x + scale * to.x, shift.y + scale * to.y};
  }
}

// The pen presses now more, now less, along its way.
void set_pressure(std::vector<Segment>& segments, double radius, Random& random) {
  const double swing = random.uniform(0, 0.22), phase = random.uniform(0, 2 * std::numbers::pi);
  const double speed = random.uniform(0.05, 0.25);
  for (std::size_t i = 0; i < segments.size(); ++i)
    segments[i].radius = radius * (1 + swing * std::sin(phase + speed * static_cast<double>(i)));
}

void add_noise(std::span<float> pixels, Random& random) {
  constexpr float amount = 0.05f;
  for (float& pixel : pixels)
    if (pixel > 0) pixel *= 1 - amount * static_cast<float>(random.bits() >> 8) * 0x1p-24f;
}

class DigitSet {
 public:
  DigitSet(std::uint64_t seed, std::string_view name) : seed_(seed), name_(name) {}

  ImageSet draw(std::int64_t count) const {
    if (count < 0)
      throw DataError(
          fmt::format("generated_digits: number of {} images is negative: {}", name_, count));
    ImageSet set{Array::uninitialized({count, side * side}, float32),
                 Array::uninitialized({count}, int64)};
    const auto images = set.images.mutable_values<float>();
    const auto labels = set.labels.mutable_values<std::int64_t>();
    for (std::int64_t i = 0; i < count; ++i) {
      const auto n = static_cast<std::size_t>(i);
      labels[n] = label(i);
      draw_image(i, labels[n], images.subspan(n * side * side, side * side));
    }
    return set;
  }

 private:
  std::int64_t label(std::int64_t i) const {
    std::array<std::int64_t, digit_count> digits{};
    std::iota(digits.begin(), digits.end(), 0);
    Random random(seed_, fmt::format("digits/{}/labels/{}", name_, i / digit_count));
    for (std::size_t n = digits.size(); n > 1; --n)
      std::swap(digits[n - 1],
                digits[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(n)))]);
    return digits[static_cast<std::size_t>(i % digit_count)];
  }

  void draw_image(std::int64_t i, std::int64_t digit, std::span<float> pixels) const {
    Random random(seed_, fmt::format("digits/{}/{}", name_, i));
    const std::vector<Glyph>& ways = glyphs_[static_cast<std::size_t>(digit)];
    const Glyph& glyph = ways[static_cast<std::size_t>(random.below(std::ssize(ways)))];
    const Hand hand(random);
    std::vector<Segment> segments;
    for (const Stroke& stroke : glyph) append_curve(written(stroke, hand, random), segments);

    const double radius = 1.28 * std::exp(0.24 * random.truncated_normal());
    fit(segments, radius, random);
    set_pressure(segments, radius, random);
    gradus::draw(segments, random.uniform(0.8, 1.3), pixels, side);
    add_noise(pixels, random);
  }

  std::uint64_t seed_;
  std::string_view name_;
  Glyphs glyphs_ = digit_glyphs();
};

}  // namespace

Mnist generated_digits(std::uint64_t seed, const DigitCounts& counts) {
  return {DigitSet(seed, "train").draw(counts.train),
          DigitSet(seed, "validation").draw(counts.validation),
          DigitSet(seed, "test").draw(counts.test)};
}

}  // namespace gradus
