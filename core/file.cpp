#include <gradus/file.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>

namespace gradus {
namespace {

namespace fs = std::filesystem;
using Pieces = std::span<const std::span<const std::byte>>;

[[noreturn]] void fail(const fs::path& path, const std::string& reason) {
  throw FileError(fmt::format("file \"{}\" cannot be written: {}", path.string(), reason));
}
[[noreturn]] void fail(const fs::path& path, int error) {
  fail(path, std::generic_category().message(error));
}

// Lets the disk begin with the first pieces of a large file while the next are written, and the
// system have their pages back for these: 1 GB takes 1.1 s instead of 1.2 to 2.8 s in a virtual
// machine, whose pages are expensive when they are new.
class EarlyWriteback {
 public:
  static constexpr std::size_t piece = std::size_t{8} << 20;

  explicit EarlyWriteback(int descriptor) : descriptor_(descriptor) {}

  // So many bytes more are written; 0, or errno.
  int add(off_t bytes) {
    end_ += bytes;
    if (end_ - last_ < static_cast<off_t>(piece)) return 0;
    int error = sync(last_, end_, SYNC_FILE_RANGE_WRITE);
    if (error == 0) error = sync(first_, next_, SYNC_FILE_RANGE_WAIT_BEFORE);
    // Advice: if it is refused, nothing is lost.
    if (next_ > first_) ::posix_fadvise(descriptor_, first_, next_ - first_, POSIX_FADV_DONTNEED);
    first_ = next_;
    next_ = last_;
    last_ = end_;
    return error;
  }

 private:
  // What has no such call, as a pipe, needs none. An error of the disk is told once: here.
  int sync(off_t begin, off_t end, unsigned flags) {
    if (begin == end || ::sync_file_range(descriptor_, begin, end - begin, flags) == 0) return 0;
    return errno == EIO || errno == ENOSPC || errno == EDQUOT ? errno : 0;
  }

  int descriptor_;
  off_t first_ = 0, next_ = 0, last_ = 0,
        end_ = 0;  // two pieces that are being written, and the next
};

class OpenFile {
 public:
  OpenFile(const fs::path& path, int flags, mode_t mode = 0) { open(path, flags, mode); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() { close(); }

  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  // Each of these: 0, or errno.
  int open(const fs::path& path, int flags, mode_t mode);
  int write(Pieces pieces);
  int sync() { return ::fsync(descriptor_) == 0 ? 0 : errno; }
  int close();

 private:
  int descriptor_ = -1;
};

int OpenFile::open(const fs::path& path, int flags, mode_t mode) {
  close();
  descriptor_ = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  return is_open() ? 0 : errno;
}

int OpenFile::write(Pieces pieces) {
  EarlyWriteback writeback(descriptor_);
  for (std::span<const std::byte> rest : pieces)
    while (!rest.empty()) {
      const ssize_t written =
          ::write(descriptor_, rest.data(), std::min(rest.size(), EarlyWriteback::piece));
      if (written < 0 && errno != EINTR) return errno;
      if (written <= 0) continue;
      rest = rest.subspan(static_cast<std::size_t>(written));
      if (const int error = writeback.add(written); error != 0) return error;
    }
  return 0;
}

// Some file systems report a full disk or quota only here.
int OpenFile::close() {
  const int result = is_open() ? ::close(descriptor_) : 0;
  descriptor_ = -1;
  return result == 0 ? 0 : errno;
}

// Gives `take` one name beside the target after the other, until one is free; 0, or errno.
template <class Take>
int take_name(const fs::path& target, fs::path& name, Take take) {
  constexpr int attempts = 10'000;
  int error = EEXIST;
  for (int attempt = 0; error == EEXIST && attempt < attempts; ++attempt) {
    name = target.parent_path() / fmt::format(".{}.{}.tmp", ::getpid(), attempt);
    error = take(name);
  }
  if (error != 0) name.clear();
  return error;
}

fs::path folder_of(const fs::path& target) {
  return target.has_parent_path() ? target.parent_path() : ".";
}

// A rename is on the disk when its folder is. Where folders cannot be read or synced, there is
// nothing more to do.
int sync_folder(const fs::path& folder) {
  OpenFile opened(folder, O_RDONLY | O_DIRECTORY);
  const int error = opened.is_open() ? opened.sync() : 0;
  return error == EINVAL || error == EROFS ? 0 : error;
}

// The bytes are in a file without a name until they are on the disk, so that a process that is
// killed leaves nothing behind; where there are no such files, in one whose name ends with .tmp.
void replace(const fs::path& path, const fs::path& target, mode_t mode, bool is_new,
             Pieces pieces) {
  OpenFile file(folder_of(target), O_WRONLY | O_TMPFILE, mode);
  const std::string descriptor = fmt::format("/proc/self/fd/{}", file.descriptor());
  const bool has_no_name = file.is_open() && ::access(descriptor.c_str(), F_OK) == 0;

  fs::path temporary;
  int error = 0;
  if (!has_no_name)
    error = take_name(target, temporary, [&](const fs::path& name) {
      return file.open(name, O_WRONLY | O_CREAT | O_EXCL, mode);
    });
  if (error != 0) fail(path, error);

  error = file.write(pieces);
  if (error == 0 && !is_new && ::fchmod(file.descriptor(), mode) != 0) error = errno;
  if (error == 0) error = file.sync();
  if (error == 0 && has_no_name)
    error = take_name(target, temporary, [&](const fs::path& name) {
      return ::linkat(AT_FDCWD, descriptor.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0
                 ? 0
                 : errno;
    });
  if (const int late = file.close(); error == 0) error = late;
  if (error == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(temporary.c_str());
    fail(path, error);
  }
  error = sync_folder(folder_of(target));
  if (error != 0) fail(path, error);
}

void write(const fs::path& path, Pieces pieces) {
  // The system would read the path up to there, and write another file.
  if (path.native().find('\0') != std::string::npos)
    fail(path.c_str(), "a NUL follows in the path");
  // Opening the old file first answers what a rename would not ask: may it be written, and is it a
  // device? Renaming over /dev/full would remove the device. O_NONBLOCK: a pipe that nobody reads.
  OpenFile old(path, O_WRONLY | O_NONBLOCK);
  if (!old.is_open() && errno != ENOENT) fail(path, errno);
  if (!old.is_open()) return replace(path, path, 0666, true, pieces);

  struct stat about {};
  if (::fstat(old.descriptor(), &about) != 0) fail(path, errno);
  if (!S_ISREG(about.st_mode)) {
    ::fcntl(old.descriptor(), F_SETFL, O_WRONLY);
    int error = old.write(pieces);
    if (const int late = old.close(); error == 0) error = late;
    if (error != 0) fail(path, error);
    return;
  }
  std::error_code error;
  const fs::path target = fs::canonical(path, error);
  if (error) fail(path, error.value());
  replace(path, target, about.st_mode & 07777, false, pieces);
}

}  // namespace

void write_file(const fs::path& path, std::span<const std::byte> bytes) {
  write(path, {&bytes, 1});
}

void write_file(const fs::path& path, std::string_view bytes) {
  write_file(path, std::as_bytes(std::span(bytes)));
}

void write_file(const fs::path& path, Pieces pieces, SourceLocation where) try {
  write(path, pieces);
} catch (const FileError& error) {
  throw FileError(at_line(error.what(), where));
}

}  // namespace gradus
