#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>
#include <gradus/png.h>
#include <png.h>

#include "core/at_users_line.h"
#include "core/input_file.h"

namespace gradus {
namespace {

constexpr std::string_view signature = "\x89PNG\r\n\x1a\n";

// What libpng's calls back to us share with us: without destructors, for libpng jumps out of them.
struct Source {
  const char* next;
  std::size_t left;
  char message[200];
};

void read_bytes(png_structp png, png_bytep out, std::size_t count) {
  auto* source = static_cast<Source*>(png_get_io_ptr(png));
  if (count > source->left) png_error(png, "the file is cut");
  std::memcpy(out, source->next, count);
  source->next += count;
  source->left -= count;
}

[[noreturn]] void keep_message(png_structp png, png_const_charp message) {
  auto* source = static_cast<Source*>(png_get_error_ptr(png));
  std::snprintf(source->message, sizeof source->message, "%s", message);
  png_longjmp(png, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

class Decoder {
 public:
  Decoder(std::string_view bytes, std::string_view name);
  ~Decoder() { png_destroy_read_struct(&png_, &info_, nullptr); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  Image decode();

 private:
  // libpng jumps back to here when it fails: a step makes nothing that has a destructor.
  template <class Step>
  void run(Step step) {
    if (setjmp(png_jmpbuf(png_)) != 0) refuse(source_.message);
    step();
  }
  [[noreturn]] void refuse(std::string_view what) const {
    throw DataError(fmt::format("{}: {}", name_, what));
  }
  void read_header();
  void check_size() const;

  std::string_view name_;
  Source source_;
  std::size_t byte_count_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

Decoder::Decoder(std::string_view bytes, std::string_view name)
    : name_(name), source_{bytes.data(), bytes.size(), {}}, byte_count_(bytes.size()) {
  if (!bytes.starts_with(signature)) refuse("no PNG file: its first bytes are others");
  png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source_, keep_message, ignore_warning);
  if (png_ != nullptr) info_ = png_create_info_struct(png_);
  if (info_ == nullptr) {
    png_destroy_read_struct(&png_, nullptr, nullptr);
    throw std::bad_alloc();
  }
}

void Decoder::read_header() {
  run([&] {
    png_set_read_fn(png_, &source_, read_bytes);
    png_set_crc_action(png_, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    // Texts, profiles and their like are passed over, whatever size they would decompress to.
    png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_read_info(png_, info_);
  });
}

// Before anything of its size is allocated.
void Decoder::check_size() const {
  const std::int64_t width = png_get_image_width(png_, info_);
  const std::int64_t height = png_get_image_height(png_, info_);
  if (width > Image::max_pixel_count / height)
    refuse(
        fmt::format("{} x {} pixels, expected {} at most", width, height, Image::max_pixel_count));
  // Deflate's densest code is 258 bytes in two bits.
  const auto rows = static_cast<std::size_t>(height) * png_get_rowbytes(png_, info_);
  if (rows / 1032 > byte_count_)
    refuse(fmt::format("{} x {} pixels cannot be in {} bytes", width, height, byte_count_));
}

Image Decoder::decode() {
  read_header();
  check_size();
  const std::size_t width = png_get_image_width(png_, info_);
  const std::size_t height = png_get_image_height(png_, info_);
  Image image(static_cast<std::int64_t>(width), static_cast<std::int64_t>(height));
  Color* const pixels = image.mutable_pixels().data();
  run([&] {
    png_set_expand(png_);
    png_set_scale_16(png_);
    png_set_strip_alpha(png_);
    png_set_gray_to_rgb(png_);
    const int pass_count = png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    if (png_get_rowbytes(png_, info_) != width * sizeof(Color))
      png_error(png_, "rows are not of 3 bytes a pixel");
    for (int pass = 0; pass < pass_count; ++pass)
      for (std::size_t row = 0; row < height; ++row)
        png_read_row(png_, &pixels[row * width].red, nullptr);
    png_read_end(png_, nullptr);
  });
  if (source_.left > 0) refuse(fmt::format("{} bytes follow after its end", source_.left));
  return image;
}

}  // namespace

Image decode_png(std::string_view bytes, SourceLocation where) {
  return at_users_line(where, "png", [&] { return Decoder(bytes, "png").decode(); });
}

Image read_png(const std::filesystem::path& path, SourceLocation where) {
  return at_users_line(where, "png", [&] {
    const InputFile file(path, "png", {});
    const auto bytes = file.bytes();
    return Decoder({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                   fmt::format("png: {}", path.c_str()))
        .decode();
  });
}

}  // namespace gradus
