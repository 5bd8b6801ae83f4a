// A folder for the files of one call.
#pragma once

#include <filesystem>

namespace gradus {

// Lies within `parent` under a name that begins with ".gradus_tmp.", and is removed with all that
// it holds when this object ends; after a process that was killed, by the next TemporaryFolder in
// the same parent. FileError if it cannot be made.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::filesystem::path& parent);
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int lock_ = -1;  // a descriptor; the system lets go of it when the process ends, however it ends
};

}  // namespace gradus
