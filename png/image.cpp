#include <gradus/png.h>

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>
#include <png.h>

#include <gradus/file.h>

#include "core/throw_at.h"

namespace gradus {
namespace {

// libpng reads rows of bytes.
static_assert(sizeof(Color) == 3);

// The share of each color in how bright a pixel seems, in 65536ths that add up to 1: a gray pixel
// stays what it is.
std::uint8_t luma(Color c) {
  const std::uint32_t sum = 19595U * c.red + 38470U * c.green + 7471U * c.blue;
  return static_cast<std::uint8_t>((sum + (1U << 15)) >> 16);
}

}  // namespace

Image::Image(std::int64_t width, std::int64_t height, SourceLocation where)
    : width_(width), height_(height) {
  if (width < 1 || height < 1 || width > max_pixel_count / height)
    throw_at<ShapeError>(where,
                         "image: {} x {} pixels, expected sides of 1 or more and {} pixels at most",
                         width, height, max_pixel_count);
  pixels_.assign(static_cast<std::size_t>(width * height), {255, 255, 255});
}

Color Image::at(std::int64_t x, std::int64_t y, SourceLocation where) const {
  if (x < 0 || x >= width_ || y < 0 || y >= height_)
    throw_at<ShapeError>(where, "image: no pixel ({}, {}) in {} x {}", x, y, width_, height_);
  return pixels_[index(x, y)];
}

void Image::fill(std::int64_t x, std::int64_t y, std::int64_t width, std::int64_t height,
                 Color color) {
  // An end beyond the last number is beyond the image, too.
  const auto end = [](std::int64_t first, std::int64_t size, std::int64_t limit) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(first, size, &sum)) return size > 0 ? limit : 0;
    return std::min(sum, limit);
  };
  const std::int64_t left = std::clamp<std::int64_t>(x, 0, width_);
  const std::int64_t top = std::clamp<std::int64_t>(y, 0, height_);
  const std::int64_t right = end(x, width, width_), bottom = end(y, height, height_);
  for (std::int64_t row = top; row < bottom; ++row)
    for (std::int64_t column = left; column < right; ++column) pixels_[index(column, row)] = color;
}

std::string png_bytes(const Image& image) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.width = static_cast<png_uint_32>(image.width());
  png.height = static_cast<png_uint_32>(image.height());
  png.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
  std::string bytes(size, '\0');
  if (png_image_write_to_memory(&png, bytes.data(), &size, 0, image.pixels().data(), 0, nullptr) ==
      0)
    throw InternalError(fmt::format("png: {}", png.message));
  bytes.resize(size);
  return bytes;
}

void write_png(const std::filesystem::path& path, const Image& image) {
  write_file(path, png_bytes(image));
}

Array to_array(const Image& image, std::int64_t channels, SourceLocation where) {
  if (channels != 1 && channels != 3)
    throw_at<DataError>(where, "to_array: {} channels of an image, expected 1 or 3", channels);
  Array array = Array::uninitialized({image.height(), image.width(), channels}, float32);
  float* out = array.mutable_values<float>().data();
  const auto append = [&](std::uint8_t level) { *out++ = static_cast<float>(level) / 255; };
  for (Color pixel : image.pixels()) {
    if (channels == 1) {
      append(luma(pixel));
    } else {
      append(pixel.red);
      append(pixel.green);
      append(pixel.blue);
    }
  }
  return array;
}

}  // namespace gradus
