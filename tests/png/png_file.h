// PNG files made by hand, of every color type, depth and order of rows: chunks and filters as the
// specification has them, compressed by zlib.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <zlib.h>

namespace gradus::testing_png {

inline constexpr std::string_view signature("\x89PNG\r\n\x1a\n", 8);

inline std::string big_endian(std::uint32_t number) {
  return {static_cast<char>(number >> 24), static_cast<char>(number >> 16),
          static_cast<char>(number >> 8), static_cast<char>(number)};
}

inline std::string chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  const auto sum =
      crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return big_endian(static_cast<std::uint32_t>(data.size())) + body +
         big_endian(static_cast<std::uint32_t>(sum));
}

inline std::string deflated(const std::string& bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  std::string packed(size, '\0');
  compress(reinterpret_cast<Bytef*>(packed.data()), &size,
           reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uLong>(bytes.size()));
  packed.resize(size);
  return packed;
}

enum ColorType { gray = 0, rgb = 2, palette = 3, gray_alpha = 4, rgba = 6 };

struct PngFile {
  std::uint32_t width, height;
  int depth;
  ColorType type;
  bool interlaced = false;
  std::vector<std::uint32_t> samples;  // row by row, the channels of a pixel side by side
  std::string chunks = {};             // before the pixels: PLTE and others

  std::size_t channel_count() const {
    return type == rgb ? 3 : type == gray_alpha ? 2 : type == rgba ? 4 : 1;
  }
  std::string header() const {
    return chunk("IHDR", big_endian(width) + big_endian(height) +
                             std::string{static_cast<char>(depth), static_cast<char>(type), 0, 0,
                                         static_cast<char>(interlaced)});
  }
  // Every step-th pixel of every step-th row, each row after its filter, "none".
  std::string rows(std::uint32_t left, std::uint32_t top, std::uint32_t step_x,
                   std::uint32_t step_y) const {
    std::string bytes;
    for (std::uint32_t y = top; y < height && left < width; y += step_y) {
      bytes += '\0';
      unsigned bits = 0, count = 0;
      for (std::uint32_t x = left; x < width; x += step_x)
        for (std::size_t c = 0; c < channel_count(); ++c) {
          const std::uint32_t sample = samples[(y * width + x) * channel_count() + c];
          if (depth == 16) bytes += static_cast<char>(sample >> 8);
          bits = bits << depth | sample;
          count += static_cast<unsigned>(depth);
          if (count < 8) continue;
          bytes += static_cast<char>(bits);
          bits = count = 0;
        }
      if (count > 0) bytes += static_cast<char>(bits << (8 - count));
    }
    return bytes;
  }
  std::string pixels() const {
    if (!interlaced) return rows(0, 0, 1, 1);
    return rows(0, 0, 8, 8) + rows(4, 0, 8, 8) + rows(0, 4, 4, 8) + rows(2, 0, 4, 4) +
           rows(0, 2, 2, 4) + rows(1, 0, 2, 2) + rows(0, 1, 1, 2);
  }
  std::string bytes() const {
    return std::string(signature) + header() + chunks + chunk("IDAT", deflated(pixels())) +
           chunk("IEND", "");
  }
};

}  // namespace gradus::testing_png
