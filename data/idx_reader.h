// An IDX file read piece by piece, so that no copy of its bytes is ever held whole.
//
//   magic 00 00 <type> <rank>, rank sizes of 4 bytes, then the elements; all of it big-endian
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include <gradus/shape.h>

#include "byte_source.h"

namespace gradus {

enum class IdxType : unsigned char {
  unsigned_byte = 0x08,
  signed_byte = 0x09,
  short_integer = 0x0B,
  integer = 0x0C,
  single_float = 0x0D,
  double_float = 0x0E
};

class IdxReader {
 public:
  // Reads and checks the header, and that the file can be as long as the header says.
  explicit IdxReader(const std::filesystem::path& file);

  IdxType type() const { return type_; }
  const Shape& shape() const { return shape_; }

  // The next out.size() elements of `width` bytes, made by convert(const unsigned char*).
  template <std::size_t width, class T, class Convert>
  void read(std::span<T> out, Convert convert);
  // To be called when all elements have been read: DataError if more bytes follow.
  void expect_end();

  // "idx: file: what"
  std::string message(std::string_view what) const { return source_.message(what); }

 private:
  void read_bytes(std::span<unsigned char> out);

  ByteSource source_;
  IdxType type_{};
  Shape shape_;
  std::uint64_t payload_size_ = 0;
  std::uint64_t bytes_read_ = 0;  // of the payload
};

// ---------------------------------------------------------------------------------------------

template <std::size_t width, class T, class Convert>
void IdxReader::read(std::span<T> out, Convert convert) {
  constexpr std::size_t piece = 1 << 15;
  std::vector<unsigned char> bytes(std::min(out.size(), piece) * width);
  while (!out.empty()) {
    const std::size_t count = std::min(out.size(), piece);
    read_bytes(std::span(bytes).first(count * width));
    for (std::size_t i = 0; i < count; ++i) out[i] = convert(bytes.data() + i * width);
    out = out.subspan(count);
  }
}

}  // namespace gradus
