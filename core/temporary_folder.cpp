#include "temporary_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include <gradus/error.h>

namespace gradus {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = ".gradus_tmp.";

int open_folder(const fs::path& path) {
  return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

// Those that nobody locks: their processes were killed.
void remove_abandoned(const fs::path& parent) {
  std::error_code error;
  for (fs::directory_iterator it(parent, error), end; !error && it != end; it.increment(error)) {
    if (!it->path().filename().string().starts_with(prefix)) continue;
    const int folder = open_folder(it->path());
    std::error_code ignored;
    if (folder >= 0 && ::flock(folder, LOCK_EX | LOCK_NB) == 0) fs::remove_all(it->path(), ignored);
    if (folder >= 0) ::close(folder);
  }
}

}  // namespace

TemporaryFolder::TemporaryFolder(const fs::path& parent) {
  remove_abandoned(parent);
  std::error_code ignored;
  do {
    if (lock_ >= 0) ::close(lock_);
    std::string name = (parent / prefix).string() + "XXXXXX";
    if (::mkdtemp(name.data()) == nullptr)
      throw FileError(fmt::format("folder \"{}\" cannot be written: {}", parent.string(),
                                  std::generic_category().message(errno)));
    path_ = name;
    lock_ = open_folder(path_);
    if (lock_ >= 0) ::flock(lock_, LOCK_EX);
    // Another process that saw it before it was locked has removed it.
  } while (!fs::exists(path_, ignored));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace gradus
