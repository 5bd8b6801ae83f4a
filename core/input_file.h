// A file that is read, whole or in parts.
//
//   InputFile file(path, "safetensors", where);
//   file.read(8, header, where);            // bytes 8 to 8 + header.size() - 1
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
  // A regular file, or a pipe, which is read to its end at once, as is a file without a size, for
  // those of /proc have bytes all the same; `prefix` and the path begin each message. FileError
  // with the system's reason, and for all other kinds of file; MemoryError if a pipe gives more
  // than half of the machine's memory.
  InputFile(const std::filesystem::path& path, std::string_view prefix,
            SourceLocation where = SourceLocation::current());

  std::uint64_t size() const { return size_; }  // in bytes, when it was opened
  // Fills `out` from there, for the call at `where`; FileError if the file cannot be read or ends
  // before. Any number of threads may read.
  void read(std::uint64_t offset, std::span<std::byte> out, SourceLocation where) const;
  // All of it, valid as long as this object. The first call reads: it is for one thread.
  // MemoryError if it does not fit into the machine's memory.
  std::span<const std::byte> bytes() const;

  // "safetensors: net.safetensors", to begin a message with.
  const std::string& name() const { return name_; }

 private:
  struct Descriptor {
    explicit Descriptor(int n) : number(n) {}
    ~Descriptor();
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int number;  // negative: none
  };

  void read_stream();
  std::size_t read_some(std::span<std::byte> out, std::uint64_t offset, SourceLocation where) const;
  [[noreturn]] void fail(std::string_view reason, SourceLocation where) const;
  [[noreturn]] void fail(int error, SourceLocation where) const;
  [[noreturn]] void fail_memory() const;

  std::string name_;
  SourceLocation where_;
  Descriptor descriptor_;
  bool is_stream_ = false;
  std::uint64_t size_ = 0;
  mutable std::vector<std::byte> bytes_;  // of a stream from the start
};

}  // namespace gradus
