// Where a fuzzer writes: in memory, and with a name, for write_file renames.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

namespace gradus {

class ScratchFile {
 public:
  ScratchFile() : path_("/dev/shm/gradus_fuzz_" + std::to_string(::getpid())) {}
  ~ScratchFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace gradus
