#include <gradus/image_grid.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "core/one_line.h"
#include "font.h"

namespace gradus {
namespace {

constexpr std::int64_t margin = 8;
constexpr std::int64_t label_scale = 2;
constexpr std::int64_t max_scale = 1'000;
constexpr Color label_color{0x3B, 0x3F, 0x45};
constexpr Color not_a_number{0xD6, 0x27, 0x28};

// [n, height, width] of a row's images.
Shape images_shape(const ImageRow& row) {
  const Array& images = row.images;
  if (!is_float(images.dtype()))
    throw DTypeError(
        fmt::format("image_grid: row \"{}\" has {} elements, expected float32 or float64",
                    row.label, to_text(images.dtype())));
  if (images.rank() == 3 && images.size() > 0) return images.shape();
  if (images.rank() == 2 && images.size() > 0) {
    const std::int64_t pixels = images.shape()[1];
    const std::int64_t side = std::llround(std::sqrt(static_cast<double>(pixels)));
    if (pixels / side == side && pixels % side == 0) return {images.shape()[0], side, side};
  }
  constexpr std::string_view expected = "[n, height, width] or [n, side * side], and no empty one";
  throw ShapeError(fmt::format("image_grid: row \"{}\" has shape {}, expected {}", row.label,
                               to_text(images.shape()), expected));
}

Shape common_shape(const std::vector<ImageRow>& rows) {
  if (rows.empty()) throw ShapeError("image_grid: no row of images");
  const Shape first = images_shape(rows[0]);
  for (const ImageRow& row : rows)
    if (images_shape(row) != first)
      throw ShapeError(fmt::format("image_grid: rows differ: \"{}\" has shape {}, \"{}\" has {}",
                                   rows[0].label, to_text(rows[0].images.shape()), row.label,
                                   to_text(row.images.shape())));
  return first;
}

void check(const ImageGridOptions& options) {
  const auto expect = [](bool is_right, std::string_view name, auto value, std::string_view range) {
    if (!is_right)
      throw DataError(fmt::format("image_grid: {} is {}, expected {}", name, value, range));
  };
  expect(options.columns >= 1, "columns", options.columns, "1 or more");
  expect(options.scale >= 1 && options.scale <= max_scale, "scale", options.scale, "1 to 1000");
  expect(options.gap >= 0 && options.gap <= max_scale, "gap", options.gap, "0 to 1000");
  expect(std::isfinite(options.low), "low", options.low, "a finite number");
  expect(std::isfinite(options.high - options.low) && options.high > options.low, "high",
         options.high, fmt::format("a finite number above low ({})", options.low));
}

// Where everything stands, in pixels. Blocks of all rows, each of `columns` images, below each
// other.
struct GridLayout {
  GridLayout(const Shape& images, const std::vector<ImageRow>& rows,
             const ImageGridOptions& options);

  std::int64_t x(std::int64_t image) const { return left + image % columns * (tile_width + gap); }
  std::int64_t y(std::int64_t image, std::int64_t row) const {
    return margin + image / columns * (block_height + block_gap) + row * (tile_height + gap);
  }

  std::int64_t columns, gap, block_gap;
  std::int64_t tile_width = 0, tile_height = 0, block_height = 0, left = 0, width = 0, height = 0;
};

GridLayout::GridLayout(const Shape& images, const std::vector<ImageRow>& rows,
                       const ImageGridOptions& options)
    : columns(std::min(options.columns, images[0])),
      gap(options.gap),
      block_gap(rows.size() == 1 ? options.gap : 4 * options.gap + 4) {
  // Each factor alone is cut to a size above the limit of an image: no product here can overflow.
  const auto cut = [](std::int64_t n) { return std::min<std::int64_t>(n, 100'000'001); };
  const std::int64_t block_count = (images[0] + columns - 1) / columns;
  const std::int64_t row_count = cut(std::ssize(rows));
  tile_width = cut(cut(images[2]) * options.scale);
  tile_height = cut(cut(images[1]) * options.scale);
  block_height = cut(row_count * (tile_height + gap)) - gap;

  std::int64_t letters = 0;
  for (const ImageRow& row : rows)
    letters = std::max(letters, cut(letter_count(one_line(row.label))));
  left = margin + (letters == 0 ? 0 : letters * letter_width * label_scale + margin);
  width = left + cut(columns) * (tile_width + gap) - gap + margin;
  height = margin + cut(block_count) * (block_height + block_gap) - block_gap + margin;
}

// The value from low to high is 0 to 1.
Color gray(double value, const ImageGridOptions& options) {
  if (std::isnan(value)) return not_a_number;
  const double part =
      (std::clamp(value, options.low, options.high) - options.low) / (options.high - options.low);
  const auto level = static_cast<std::uint8_t>(std::lround(255 * part));
  return {level, level, level};
}

void draw_image(Image& out, std::int64_t x, std::int64_t y, std::span<const double> values,
                std::int64_t image_width, const ImageGridOptions& options) {
  for (std::int64_t i = 0; i < std::ssize(values); ++i)
    out.fill(x + i % image_width * options.scale, y + i / image_width * options.scale,
             options.scale, options.scale, gray(values[static_cast<std::size_t>(i)], options));
}

}  // namespace

Image image_grid(const std::vector<ImageRow>& rows, const ImageGridOptions& options) {
  check(options);
  const Shape shape = common_shape(rows);
  const GridLayout layout(shape, rows, options);
  Image out(layout.width, layout.height, {});

  const auto pixels = static_cast<std::size_t>(shape[1] * shape[2]);
  for (std::int64_t r = 0; r < std::ssize(rows); ++r) {
    const ImageRow& row = rows[static_cast<std::size_t>(r)];
    const Array images = row.images.cast(float64);
    const std::string label = one_line(row.label);
    for (std::int64_t i = 0; i < shape[0]; ++i) {
      const std::int64_t y = layout.y(i, r);
      if (i % layout.columns == 0)
        draw_text(out, margin, y + (layout.tile_height - letter_height * label_scale) / 2, label,
                  label_scale, label_color);
      draw_image(out, layout.x(i), y,
                 images.values<double>().subspan(static_cast<std::size_t>(i) * pixels, pixels),
                 shape[2], options);
    }
  }
  return out;
}

void write_image_grid(const std::filesystem::path& path, const std::vector<ImageRow>& rows,
                      const ImageGridOptions& options) {
  write_png(path, image_grid(rows, options));
}

}  // namespace gradus
