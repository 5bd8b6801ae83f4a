// A file in memory, whose bytes change often.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace gradus {

class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("test", MFD_CLOEXEC)) {
    if (descriptor_ < 0) throw std::runtime_error("no file in memory");
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }
  // These bytes, and no others.
  void write(const void* bytes, std::size_t size) const {
    // In this order pages stay, and need not be asked for each time.
    if (::pwrite(descriptor_, bytes, size, 0) != static_cast<ssize_t>(size) ||
        ::ftruncate(descriptor_, static_cast<off_t>(size)) != 0)
      throw std::runtime_error("a file in memory cannot be written");
  }

 private:
  int descriptor_;
};

}  // namespace gradus
