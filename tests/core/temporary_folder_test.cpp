#include "core/temporary_folder.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <iterator>
#include <thread>
#include <vector>

#include <gradus/error.h>
#include <gradus/file.h>

#include "support/test_folder.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

struct TemporaryFolderTest : testing::Test {
  std::ptrdiff_t count() const {
    return std::distance(fs::directory_iterator(parent), fs::directory_iterator());
  }

  const TestFolder parent;
};

TEST_F(TemporaryFolderTest, is_gone_at_the_end_with_all_that_it_holds) {
  {
    const TemporaryFolder folder(parent);
    write_file(folder / "f", "x");
    EXPECT_EQ(count(), 1);
  }
  EXPECT_EQ(count(), 0);
}

TEST_F(TemporaryFolderTest, of_a_process_that_was_killed_is_removed_by_the_next) {
  const pid_t child = ::fork();
  if (child == 0) {
    const TemporaryFolder folder(parent);
    write_file(folder / "f", "x");
    ::kill(::getpid(), SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(count(), 1);
  { const TemporaryFolder folder(parent); }
  EXPECT_EQ(count(), 0);
}

TEST_F(TemporaryFolderTest, removes_nothing_else) {
  fs::create_directory(parent / ".gradus_backup");
  fs::create_directory_symlink(parent / ".gradus_backup", parent / ".gradus_tmp.link");
  write_file(parent / ".gradus_tmp.file", "x");
  { const TemporaryFolder folder(parent); }
  EXPECT_EQ(count(), 3);
}

TEST_F(TemporaryFolderTest, in_use_stays_whoever_else_makes_one) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        const TemporaryFolder folder(parent);
        write_file(folder / "f", "x");
        EXPECT_TRUE(fs::exists(folder / "f"));
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count(), 0);
}

TEST_F(TemporaryFolderTest, in_a_missing_folder_is_an_error) {
  EXPECT_THROW(TemporaryFolder(parent / "missing"), FileError);
}

}  // namespace
}  // namespace gradus
