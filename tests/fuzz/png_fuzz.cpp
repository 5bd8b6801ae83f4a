// rooms: png core
// Right checksums are written over those of the input, or
// else nothing would get past them.
#include <gradus/png.h>

#include <cstdlib>
#include <string>

#include <zlib.h>

namespace {

constexpr std::size_t signature_size = 8;

std::uint32_t big_endian(const char* bytes) {
  std::uint32_t number = 0;
  for (int i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

void correct_checksums(std::string& png) {
  for (std::size_t at = signature_size; at + 12 <= png.size();) {
    const std::size_t length = big_endian(&png[at]);
    if (length > png.size() - at - 12) return;
    const auto sum =
        crc32(0, reinterpret_cast<const Bytef*>(&png[at + 4]), static_cast<uInt>(length + 4));
    for (std::size_t i = 0; i < 4; ++i)
      png[at + 8 + length + i] = static_cast<char>(sum >> 8 * (3 - i));
    at += 12 + length;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::string png(reinterpret_cast<const char*>(bytes), size);
  for (bool is_corrected : {false, true}) {
    if (is_corrected) correct_checksums(png);
    // An image as large as allowed takes seconds.
    const auto side = [&](std::size_t at) { return static_cast<double>(big_endian(&png[at])); };
    const double pixel_count = size < 24 ? 0 : side(16) * side(20);
    if (pixel_count > 1e6 && pixel_count <= static_cast<double>(gradus::Image::max_pixel_count))
      return 0;
    try {
      const gradus::Image image = gradus::decode_png(png);
      if (std::ssize(image.pixels()) != image.width() * image.height()) std::abort();
      gradus::to_array(image, 1);
    } catch (const gradus::DataError&) {
    }
  }
  return 0;
}
