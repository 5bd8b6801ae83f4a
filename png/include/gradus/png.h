// A picture in memory, and its PNG file.
//
//   Image image(640, 480);                  // white
//   image.fill(10, 10, 100, 50, {255, 0, 0});
//   write_png("out/box.png", image);
//   to_array(read_png("out/box.png"));      // float32 [480, 640, 3], 0 to 1
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gradus/array.h>
#include <gradus/error.h>

namespace gradus {

struct Color {
  std::uint8_t red = 0, green = 0, blue = 0;
  friend bool operator==(const Color&, const Color&) = default;
};

class Image {
 public:
  static constexpr std::int64_t max_pixel_count = 100'000'000;

  // White. ShapeError unless each side is 1 or more and both make at most max_pixel_count pixels.
  Image(std::int64_t width, std::int64_t height, SourceLocation where = SourceLocation::current());

  std::int64_t width() const { return width_; }
  std::int64_t height() const { return height_; }
  // Row by row, from the top left.
  const std::vector<Color>& pixels() const { return pixels_; }
  std::span<Color> mutable_pixels() { return pixels_; }
  // ShapeError outside of the image.
  Color at(std::int64_t x, std::int64_t y, SourceLocation where = SourceLocation::current()) const;
  // The rectangle from (x, y), as far as it lies inside.
  void fill(std::int64_t x, std::int64_t y, std::int64_t width, std::int64_t height, Color color);

 private:
  std::size_t index(std::int64_t x, std::int64_t y) const {
    return static_cast<std::size_t>(y * width_ + x);
  }
  std::int64_t width_, height_;
  std::vector<Color> pixels_;
};

// The bytes of a PNG file (8 bits each of red, green, blue): the same for the same image.
std::string png_bytes(const Image& image);
// FileError if the file cannot be written.
void write_png(const std::filesystem::path& path, const Image& image);

// The image of a PNG file of any kind: palettes are looked up, gray becomes equal red, green and
// blue, fewer than 8 bits are spread over 0 to 255, 16 bits v are round(v / 257), interlaced rows
// are put in order. Transparency is left out and the color below it stays, as in Pillow's
// convert("RGB") and TensorFlow's decode_png; gamma and color profiles change nothing.
// DataError if the bytes are not one whole PNG file (every checksum is compared, nothing may
// follow) or are of more than Image::max_pixel_count pixels; FileError if the file cannot be read.
Image read_png(const std::filesystem::path& path, SourceLocation where = SourceLocation::current());
Image decode_png(std::string_view bytes, SourceLocation where = SourceLocation::current());

// float32 [height, width, channels] from 0 to 1. Of 3 channels: red, green, blue; of 1: gray,
// 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601), rounded to 255ths. DataError for others.
Array to_array(const Image& image, std::int64_t channels = 3,
               SourceLocation where = SourceLocation::current());

}  // namespace gradus
