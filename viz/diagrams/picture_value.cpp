#include "picture_value.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace gradus {
namespace {

constexpr std::int64_t max_written = 12;    // elements of an array that is written out
constexpr std::int64_t max_columns = 4;     // of a matrix that is written out
constexpr std::int64_t longest_side = 96;   // of a map of colors, in elements
constexpr std::int64_t max_images = 3;      // beside each other
constexpr std::int64_t picture_side = 112;  // in pixels, about
constexpr std::int64_t bar_height = 12;

std::string element_text(double element, DType dtype) {
  if (dtype == boolean) return element != 0 ? "true" : "false";
  return is_float(dtype) ? fmt::format("{:.3g}", element) : fmt::format("{:.15g}", element);
}

bool is_small(const Array& array) {
  const bool is_narrow = array.rank() < 2 || array.shape()[array.rank() - 1] <= max_columns;
  return array.size() <= max_written && array.rank() <= 2 && is_narrow;
}

struct ValueRange {
  double low = std::numeric_limits<double>::infinity(), high = -low, norm = 0;
  std::int64_t not_finite = 0;
};

ValueRange range_of(std::span<const double> values) {
  ValueRange range;
  for (double v : values) {
    if (!std::isfinite(v)) {
      ++range.not_finite;
      continue;
    }
    range.low = std::min(range.low, v);
    range.high = std::max(range.high, v);
    range.norm = std::hypot(range.norm, v);
  }
  return range;
}

// Between white and a full color, by the fraction of the largest value.
Color blend(Color full, double fraction) {
  const auto channel = [&](std::uint8_t c) {
    return static_cast<std::uint8_t>(std::lround(255 + (c - 255) * fraction));
  };
  return {channel(full.red), channel(full.green), channel(full.blue)};
}

// Okabe and Ito's blue below zero and vermilion above; gray where nothing is below; red for NaN.
class Colors {
 public:
  explicit Colors(const ValueRange& range)
      : is_gray_(range.low >= 0), largest_(std::max(std::abs(range.low), std::abs(range.high))) {}

  Color of(double v) const {
    if (!std::isfinite(v)) return {255, 0, 0};
    const double fraction = largest_ > 0 ? std::abs(v) / largest_ : 0;
    if (is_gray_) {
      const auto level = static_cast<std::uint8_t>(std::lround(255 * fraction));
      return {level, level, level};
    }
    return v < 0 ? blend({0, 92, 158}, fraction) : blend({190, 76, 0}, fraction);
  }

 private:
  bool is_gray_;
  double largest_;
};

// Elements as squares of equal size, with a gray line around them; a vector's as upright bars.
Image draw(std::span<const double> values, std::int64_t rows, std::int64_t columns,
           const Colors& colors) {
  const std::int64_t scale = std::max<std::int64_t>(1, picture_side / std::max(rows, columns));
  const std::int64_t height = rows == 1 ? std::max(scale, bar_height) : scale;
  Image image(columns * scale + 2, rows * height + 2);
  image.fill(0, 0, image.width(), image.height(), {128, 128, 128});
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < columns; ++c)
      image.fill(1 + c * scale, 1 + r * height, scale, height,
                 colors.of(values[static_cast<std::size_t>(r * columns + c)]));
  return image;
}

}  // namespace

std::vector<std::vector<std::string>> array_rows(const Array& array) {
  const Array real = array.cast(float64);
  const std::span<const double> values = real.values<double>();
  std::vector<std::vector<std::string>> rows;
  if (is_small(array)) {
    const std::int64_t columns = array.rank() == 0 ? 1 : array.shape()[array.rank() - 1];
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i % static_cast<std::size_t>(columns) == 0) rows.emplace_back();
      rows.back().push_back(element_text(values[i], array.dtype()));
    }
    if (rows.empty()) rows.push_back({"no elements"});
    return rows;
  }
  const ValueRange range = range_of(values);
  if (range.low <= range.high) {
    rows.push_back({fmt::format("{} .. {}", element_text(range.low, array.dtype()),
                                element_text(range.high, array.dtype()))});
    rows.push_back({"norm " + element_text(range.norm, float64)});
  }
  if (range.not_finite > 0) rows.push_back({fmt::format("{} not finite", range.not_finite)});
  return rows;
}

std::vector<Image> array_images(const Array& array, const Shape& image_shape) {
  std::vector<Image> images;
  if (is_small(array) || array.rank() == 0 || array.size() == 0) return images;
  const Array real = array.cast(float64);
  const std::span<const double> values = real.values<double>();
  const Colors colors(range_of(values));
  const std::int64_t last = array.shape()[array.rank() - 1], rows = array.size() / last;
  if (image_shape.rank() == 2 && image_shape.element_count() == last && last > 1) {
    for (std::int64_t r = 0; r < std::min(rows, max_images); ++r)
      images.push_back(
          draw(values.subspan(static_cast<std::size_t>(r * last), static_cast<std::size_t>(last)),
               image_shape[0], image_shape[1], colors));
  } else if (rows <= longest_side && last <= longest_side) {
    images.push_back(draw(values, rows, last, colors));
  }
  return images;
}

void add_values(PictureNode& node, NodeId id, const DiagramOptions& options) {
  const auto add = [&](const Array* array, std::string_view caption) {
    if (array != nullptr)
      node.values.push_back(
          {std::string(caption), array_rows(*array), array_images(*array, options.image_shape)});
  };
  add(options.values.value(id), "value");
  add(options.values.gradient(id), "gradient");
}

}  // namespace gradus
