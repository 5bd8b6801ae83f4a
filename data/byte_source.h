// The bytes of a file from its first to its last, decompressed where the file is gzip (RFC 1952).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/input_file.h"

namespace gradus {

// `prefix` and the file's name begin each message. FileError and MemoryError as of an InputFile;
// DataError if its gzip data is damaged or of several members.
class ByteSource {
 public:
  ByteSource(std::string_view prefix, const std::filesystem::path& file);
  ~ByteSource();

  // The next bytes; fewer than asked for only at the end, where checksum and length are compared
  // too.
  std::size_t read(std::span<unsigned char> out);

  // The file has no more bytes than this (exactly this many if it is not gzip).
  std::uint64_t max_byte_count() const { return max_byte_count_; }
  bool is_gzip() const { return gzip_ != nullptr; }

  // "prefix: file: what"
  std::string message(std::string_view what) const;

 private:
  struct Gzip;

  std::size_t read_file(std::span<unsigned char> out);
  std::size_t decompress(std::span<unsigned char> out);

  InputFile file_;
  std::uint64_t position_ = 0;  // in the file, of what is read next
  std::uint64_t max_byte_count_;
  std::unique_ptr<Gzip> gzip_;  // null where the file is none
};

}  // namespace gradus
