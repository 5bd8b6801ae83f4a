#include <gradus/file.h>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "support/test_folder.h"

namespace {

std::atomic<bool> fsync_kills{false};
std::atomic<int> synced_folders{0};
std::atomic<bool> writes_are_short{false};
std::atomic<int> write_count{0};
std::atomic<int> early_sync_error{0};
std::atomic<int> early_sync_count{0};

}  // namespace

// Takes the place of the system's in this program, where nobody else can see what is synced, or be
// killed between two steps.
extern "C" int fsync(int descriptor) {
  if (fsync_kills) ::kill(::getpid(), SIGKILL);
  struct stat about {};
  if (::fstat(descriptor, &about) == 0 && S_ISDIR(about.st_mode)) ++synced_folders;
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

// Every second write is interrupted, the others take at most three bytes.
extern "C" ssize_t write(int descriptor, const void* bytes, std::size_t count) {
  if (writes_are_short && write_count++ % 2 == 0) {
    errno = EINTR;
    return -1;
  }
  if (writes_are_short) count = std::min<std::size_t>(count, 3);
  return ::syscall(SYS_write, descriptor, bytes, count);
}

extern "C" int sync_file_range(int descriptor, off_t first, off_t count, unsigned flags) {
  ++early_sync_count;
  if (early_sync_error == 0)
    return static_cast<int>(::syscall(SYS_sync_file_range, descriptor, first, count, flags));
  errno = early_sync_error;
  return -1;
}

namespace gradus {
namespace {

namespace fs = std::filesystem;

struct FileTest : testing::Test {
  ~FileTest() override { fs::permissions(folder, fs::perms::owner_all); }

  static std::string error_of(const fs::path& path, std::string_view bytes = "x") {
    try {
      write_file(path, bytes);
    } catch (const FileError& error) {
      return error.what();
    }
    return "";
  }
  std::ptrdiff_t file_count() const {
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
  }

  const TestFolder folder;
};

TEST_F(FileTest, a_file_has_exactly_the_bytes_that_were_written) {
  const std::string bytes("a\0\r\n\xff", 5);
  write_file(folder / "new", bytes);
  EXPECT_EQ(contents(folder / "new"), bytes);
  EXPECT_EQ(file_count(), 1);
}

TEST_F(FileTest, an_empty_text_makes_an_empty_file) {
  write_file(folder / "empty", "");
  EXPECT_EQ(fs::file_size(folder / "empty"), 0U);
}

TEST_F(FileTest, pieces_are_written_one_after_the_other) {
  const std::array<std::byte, 3> a{std::byte{'a'}, std::byte{0}, std::byte{'b'}};
  const std::array<std::byte, 1> c{std::byte{'c'}};
  const std::array<std::span<const std::byte>, 4> pieces{a, {}, c, a};
  write_file(folder / "f", pieces);
  EXPECT_EQ(contents(folder / "f"), std::string("a\0bca\0b", 7));
  write_file(folder / "f", std::span<const std::span<const std::byte>>());
  EXPECT_EQ(contents(folder / "f"), "");
}

TEST_F(FileTest, pieces_that_cannot_be_written_name_the_callers_line) {
  const std::string path = (folder / "missing/f").string();
  std::string text;
  const int line = __LINE__ + 2;
  try {
    write_file(path, std::span<const std::span<const std::byte>>());
  } catch (const FileError& error) {
    text = error.what();
  }
  EXPECT_EQ(text, "file \"" + path + "\" cannot be written: No such file or directory\n" +
                      "  at  file_test.cpp:" + std::to_string(line));
}

TEST_F(FileTest, writes_that_are_short_or_interrupted_go_on) {
  writes_are_short = true;
  write_file(folder / "f", "ten bytes.");
  writes_are_short = false;
  EXPECT_EQ(contents(folder / "f"), "ten bytes.");
  EXPECT_EQ(write_count, 8);
}

TEST_F(FileTest, the_disk_begins_with_a_large_file_while_it_is_written) {
  const std::string path = (folder / "f").string();
  std::string first((std::size_t{17} << 20) + 1, 'a'), second(std::size_t{25} << 20, 'b');
  for (std::size_t i = 0; i < first.size(); i += 4096) first[i] = static_cast<char>('c' + i % 23);
  const std::span<const std::byte> pieces[] = {std::as_bytes(std::span(first)),
                                               std::as_bytes(std::span(second))};
  early_sync_count = 0;
  write_file(path, pieces);
  EXPECT_GT(early_sync_count, 5);
  EXPECT_TRUE(contents(path) == first + second);

  // What the disk refuses is told there, and not at the end again.
  early_sync_error = EIO;
  EXPECT_EQ(error_of(path, second), "file \"" + path + "\" cannot be written: Input/output error");
  EXPECT_TRUE(contents(path) == first + second);
  // There are file systems without such a call.
  early_sync_error = ENOSYS;
  EXPECT_EQ(error_of(path, second), "");
  early_sync_error = 0;
  EXPECT_TRUE(contents(path) == second);
}

TEST_F(FileTest, a_shorter_text_replaces_a_longer_one_and_keeps_the_mode) {
  write_file(folder / "f", "a long text");
  fs::permissions(folder / "f", fs::perms{0666});
  write_file(folder / "f", "short");
  EXPECT_EQ(contents(folder / "f"), "short");
  EXPECT_EQ(fs::status(folder / "f").permissions(), fs::perms{0666});
}

TEST_F(FileTest, a_reader_of_the_old_file_keeps_the_old_bytes) {
  write_file(folder / "f", "old");
  std::ifstream reader(folder / "f");
  write_file(folder / "f", "new");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(reader), {}), "old");
}

TEST_F(FileTest, a_link_is_followed_and_stays_a_link) {
  fs::create_directory(folder / "real");
  write_file(folder / "real/f", "old");
  fs::create_symlink("real/f", folder / "link");
  write_file(folder / "link", "new");
  EXPECT_EQ(contents(folder / "real/f"), "new");
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
}

TEST_F(FileTest, threads_that_write_one_file_leave_the_text_of_one_of_them) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i)
        write_file(folder / "f", std::string(50'000, static_cast<char>('a' + t)));
    });
  for (std::thread& thread : threads) thread.join();
  const std::string text = contents(folder / "f");
  EXPECT_EQ(text, std::string(50'000, text.at(0)));
  EXPECT_EQ(file_count(), 1);
}

TEST_F(FileTest, a_missing_folder_is_an_error) {
  const std::string path = (folder / "missing/f").string();
  EXPECT_EQ(error_of(path), "file \"" + path + "\" cannot be written: No such file or directory");
}

TEST_F(FileTest, a_folder_is_no_file) {
  EXPECT_EQ(error_of(folder),
            "file \"" + folder.path().string() + "\" cannot be written: Is a directory");
}

TEST_F(FileTest, a_file_is_no_folder) {
  write_file(folder / "f", "");
  const std::string path = (folder / "f/g").string();
  EXPECT_EQ(error_of(path), "file \"" + path + "\" cannot be written: Not a directory");
}

TEST_F(FileTest, an_empty_path_is_an_error) {
  EXPECT_EQ(error_of(""), "file \"\" cannot be written: No such file or directory");
}

TEST_F(FileTest, a_path_with_a_nul_writes_no_other_file) {
  const std::string path = (folder / "f").string();
  EXPECT_EQ(error_of(path + std::string("\0g", 2)),
            "file \"" + path + "\" cannot be written: a NUL follows in the path");
  EXPECT_EQ(file_count(), 0);
}

TEST_F(FileTest, a_file_that_breaks_off_leaves_the_old_bytes_and_nothing_else) {
  write_file(folder / "f", "old");
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small{1'000, limit.rlim_max};
  const auto old = signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string text = error_of(folder / "f", std::string(2'000, 'x'));
  setrlimit(RLIMIT_FSIZE, &limit);
  signal(SIGXFSZ, old);
  EXPECT_EQ(text, "file \"" + (folder / "f").string() + "\" cannot be written: File too large");
  EXPECT_EQ(contents(folder / "f"), "old");
  EXPECT_EQ(file_count(), 1);
}

TEST_F(FileTest, a_writer_that_is_killed_leaves_the_old_bytes_and_nothing_else) {
  const int unnamed = ::open(folder.path().c_str(), O_TMPFILE | O_WRONLY, 0600);
  if (unnamed < 0) GTEST_SKIP() << "a file system without files that have no name";
  ::close(unnamed);
  write_file(folder / "f", "old");
  const pid_t writer = ::fork();
  if (writer == 0) {
    fsync_kills = true;
    write_file(folder / "f", "new");
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(writer, &status, 0), writer);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(contents(folder / "f"), "old");
  EXPECT_EQ(file_count(), 1);
}

TEST_F(FileTest, the_folder_is_synced_after_the_file) {
  for (const char* name : {"new", "new"}) {
    synced_folders = 0;
    write_file(folder / name, "x");
    EXPECT_EQ(synced_folders, 1);
  }
}

TEST_F(FileTest, a_name_without_a_folder_is_one_from_here) {
  const fs::path before = fs::current_path();
  fs::current_path(folder);
  write_file("f", "x");
  fs::current_path(before);
  EXPECT_EQ(contents(folder / "f"), "x");
}

TEST_F(FileTest, a_pipe_that_nobody_reads_is_an_error) {
  const std::string path = (folder / "pipe").string();
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(error_of(path), "file \"" + path + "\" cannot be written: No such device or address");
}

// Root may write everywhere, and could lose a device: these take another user's rights for a
// moment.
struct FileTestWithoutRights : FileTest {
  FileTestWithoutRights() {
    if (is_root) fs::permissions(folder, fs::perms{0777});
    write_file(folder / "f", "old");
  }
  std::string error_as_user(const fs::path& path) const {
    if (is_root && seteuid(65534) != 0) return "seteuid failed";
    const std::string text = error_of(path);
    if (is_root && seteuid(0) != 0) return "seteuid failed";
    return text;
  }
  const bool is_root = geteuid() == 0;
};

TEST_F(FileTestWithoutRights, a_read_only_file_is_not_replaced) {
  fs::permissions(folder / "f", fs::perms{0444});
  const std::string path = (folder / "f").string();
  EXPECT_EQ(error_as_user(path), "file \"" + path + "\" cannot be written: Permission denied");
  EXPECT_EQ(contents(path), "old");
}

TEST_F(FileTestWithoutRights, a_full_disk_is_an_error_and_the_device_stays) {
  EXPECT_EQ(error_as_user("/dev/full"),
            "file \"/dev/full\" cannot be written: No space left on device");
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(FileTestWithoutRights, a_folder_that_cannot_be_read_is_written_all_the_same) {
  fs::permissions(folder, fs::perms{0333});
  EXPECT_EQ(error_as_user(folder / "new"), "");
}

TEST_F(FileTestWithoutRights, a_read_only_folder_is_an_error) {
  fs::permissions(folder, fs::perms{0555});
  const std::string path = (folder / "new").string();
  EXPECT_EQ(error_as_user(path), "file \"" + path + "\" cannot be written: Permission denied");
}

}  // namespace
}  // namespace gradus
