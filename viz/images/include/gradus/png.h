// A picture in memory, and its PNG file.
//
//   Image image(640, 480);                  // white
//   image.fill(10, 10, 100, 50, {255, 0, 0});
//   write_png("out/box.png", image);
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gradus/error.h>

namespace gradus {

struct Color {
  std::uint8_t red = 0, green = 0, blue = 0;
  friend bool operator==(const Color&, const Color&) = default;
};

class Image {
 public:
  // White. ShapeError unless each side is 1 or more and both make at most 100 million pixels.
  Image(std::int64_t width, std::int64_t height, SourceLocation where = SourceLocation::current());

  std::int64_t width() const { return width_; }
  std::int64_t height() const { return height_; }
  // Row by row, from the top left.
  const std::vector<Color>& pixels() const { return pixels_; }
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

}  // namespace gradus
