// A file that is read, whole or in parts.
//
//   InputFile file(path, "safetensors", where);
//   file.read(8, header);                                // bytes 8 to 8 + header.size() - 1
//   throw_at<DataError>(where, "{}: no magic", file.name());
//
// Files are read, never mapped. A mapped file that somebody truncates ends the process by SIGBUS,
// against which only a handler helps, which is global state; and reading into an Array costs no
// more than copying from a mapping. A file that shrinks while it is open gives a FileError.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gradus/source_location.h>

namespace gradus {

class InputFile {
 public:
  // A regular file, or a pipe, which is read to its end at once; `prefix` and the path begin each
  // message. FileError with the system's reason, and for all other kinds of file; MemoryError if a
  // pipe gives more than half of the machine's memory.
  InputFile(const std::filesystem::path& path, std::string_view prefix,
            SourceLocation where = SourceLocation::current());
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile();

  std::uint64_t size() const { return size_; }  // in bytes, when it was opened
  // Fills `out` from there; FileError if the file cannot be read or ends before. Any number of
  // threads may read.
  void read(std::uint64_t offset, std::span<std::byte> out) const;
  // All of it, valid as long as this object. The first call reads: it is for one thread.
  // MemoryError if it does not fit into the machine's memory.
  std::span<const std::byte> bytes() const;

  // "safetensors: net.safetensors", to begin a message with.
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  SourceLocation where_;
  int descriptor_ = -1;  // none for a pipe, whose bytes are all here
  std::uint64_t size_ = 0;
  mutable std::vector<std::byte> bytes_;
};

}  // namespace gradus
