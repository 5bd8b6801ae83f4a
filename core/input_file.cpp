#include "input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>

#include <fmt/format.h>

#include "memory.h"
#include "throw_at.h"

namespace gradus {

InputFile::Descriptor::~Descriptor() {
  if (number >= 0) ::close(number);
}

InputFile::InputFile(const std::filesystem::path& path, std::string_view prefix,
                     SourceLocation where)
    // Opening a pipe without a writer would wait, but for O_NONBLOCK.
    : name_(fmt::format("{}: {}", prefix, path.c_str())),
      where_(where),
      descriptor_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
  const int error = errno;
  // The system read the path up to there, and opened another file.
  if (path.native().find('\0') != std::string::npos) fail("a NUL follows in the path", where);
  if (descriptor_.number < 0) fail(error, where);
  struct stat about {};
  if (::fstat(descriptor_.number, &about) != 0) fail(errno, where);
  if (S_ISDIR(about.st_mode)) fail(EISDIR, where);
  if (S_ISREG(about.st_mode))
    size_ = static_cast<std::uint64_t>(about.st_size);
  else if (!S_ISFIFO(about.st_mode))
    fail("neither a regular file nor a pipe", where);
  is_stream_ = size_ == 0;
  if (is_stream_) read_stream();
}

void InputFile::read_stream() try {
  constexpr std::size_t piece = 1 << 16;
  // From here on reads wait for those who write; where nobody does, the pipe is at its end.
  ::fcntl(descriptor_.number, F_SETFL, O_RDONLY);
  for (std::size_t count = 1; count > 0; size_ += count) {
    if (size_ > physical_memory() / 2) fail_memory();
    bytes_.resize(size_ + piece);
    count = read_some(std::span(bytes_).last(piece), 0, where_);
  }
  bytes_.resize(size_);
} catch (const std::bad_alloc&) {
  fail_memory();
}

std::size_t InputFile::read_some(std::span<std::byte> out, std::uint64_t offset,
                                 SourceLocation where) const {
  ssize_t count = -1;
  do {
    count = is_stream_
                ? ::read(descriptor_.number, out.data(), out.size())
                : ::pread(descriptor_.number, out.data(), out.size(), static_cast<off_t>(offset));
  } while (count < 0 && errno == EINTR);
  if (count < 0) fail(errno, where);
  return static_cast<std::size_t>(count);
}

void InputFile::read(std::uint64_t offset, std::span<std::byte> out, SourceLocation where) const {
  if (offset > size_ || out.size() > size_ - offset)
    fail(fmt::format("it ends after {} bytes", size_), where);
  if (is_stream_) {
    std::ranges::copy(std::span(bytes_).subspan(offset, out.size()), out.begin());
    return;
  }
  while (!out.empty()) {
    const std::size_t count = read_some(out, offset, where);
    if (count == 0)
      fail(fmt::format("it became shorter while it was open: {} bytes of {}", offset, size_),
           where);
    out = out.subspan(count);
    offset += count;
  }
}

std::span<const std::byte> InputFile::bytes() const try {
  if (bytes_.size() == size_) return bytes_;
  if (size_ > physical_memory()) fail_memory();
  std::vector<std::byte> all(size_);
  read(0, all, where_);
  bytes_ = std::move(all);
  return bytes_;
} catch (const std::bad_alloc&) {
  fail_memory();
}

void InputFile::fail(std::string_view reason, SourceLocation where) const {
  throw_at<FileError>(where, "{}: {}", name_, reason);
}
void InputFile::fail(int error, SourceLocation where) const {
  fail(std::generic_category().message(error), where);
}
void InputFile::fail_memory() const {
  throw_at<MemoryError>(where_, "{}: no memory for its bytes", name_);
}

}  // namespace gradus
