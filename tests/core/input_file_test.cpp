#include "core/input_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include <gradus/error.h>

#include "support/error_text.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string part(const InputFile& file, std::uint64_t offset, std::size_t count) {
  std::vector<std::byte> out(count);
  file.read(offset, out, SourceLocation());
  return text_of(out);
}

// Without the line.
template <class E = FileError, class Action>
std::string refusal(Action action) {
  const std::string text = error_text<E>(action);
  return text.substr(0, text.find('\n'));
}

TEST(InputFile, is_read_whole_or_in_parts) {
  const TestFolder folder;
  const InputFile file(folder.write("f", std::string("ab\0cdef", 7)), "test");
  EXPECT_EQ(file.size(), 7U);
  EXPECT_EQ(part(file, 2, 3), std::string("\0cd", 3));
  EXPECT_EQ(part(file, 7, 0), "");
  EXPECT_EQ(text_of(file.bytes()), std::string("ab\0cdef", 7));
  EXPECT_EQ(file.bytes().data(), file.bytes().data());
}

TEST(InputFile, may_be_empty) {
  const TestFolder folder;
  const InputFile file(folder.write("f", ""), "test");
  EXPECT_EQ(file.size(), 0U);
  EXPECT_TRUE(file.bytes().empty());
}

TEST(InputFile, has_no_part_behind_its_end) {
  const TestFolder folder;
  const std::string path = folder.write("f", "abc");
  const InputFile file(path, "test");
  const std::string text = "test: " + path + ": it ends after 3 bytes";
  EXPECT_EQ(refusal([&] { part(file, 1, 3); }), text);
  EXPECT_EQ(refusal([&] { part(file, ~std::uint64_t{0}, 2); }), text);
}

TEST(InputFile, that_shrinks_while_it_is_open_is_an_error_at_the_callers_line) {
  const TestFolder folder;
  const std::string path = folder.write("f", std::string(100'000, 'x'));
  const InputFile file(path, "test");
  std::filesystem::resize_file(path, 50'000);
  std::vector<std::byte> out(100'000);
  EXPECT_EQ(
      error_text_here<FileError>([&] { file.read(0, out, SourceLocation::current()); }),
      "test: " + path + ": it became shorter while it was open: 50000 bytes of 100000\n  at  here");
  EXPECT_EQ(refusal([&] { file.bytes(); }),
            "test: " + path + ": it became shorter while it was open: 50000 bytes of 100000");
}

TEST(InputFile, that_is_missing_names_path_and_reason_at_the_callers_line) {
  EXPECT_EQ(error_text_here<FileError>([] { InputFile("no/such/file", "test"); }),
            "test: no/such/file: No such file or directory\n  at  here");
}

TEST(InputFile, is_no_folder_and_no_device) {
  const TestFolder folder;
  EXPECT_EQ(refusal([&] { InputFile(folder, "test"); }),
            "test: " + folder.path().string() + ": Is a directory");
  EXPECT_EQ(refusal([] { InputFile("/dev/zero", "test"); }),
            "test: /dev/zero: neither a regular file nor a pipe");
}

TEST(InputFile, of_a_path_with_a_nul_is_refused) {
  const TestFolder folder;
  const std::string path = folder.write("f", "abc");
  EXPECT_EQ(refusal([&] { InputFile(path + std::string("\0g", 2), "test"); }),
            "test: " + path + ": a NUL follows in the path");
}

TEST(InputFile, may_be_a_pipe_which_is_read_to_its_end) {
  int ends[2] = {};
  ASSERT_EQ(::pipe(ends), 0);
  const std::string text(200'000, 'p');
  std::thread writer([&] {
    for (std::size_t done = 0; done < text.size();) {
      const ssize_t count = ::write(ends[1], text.data() + done, text.size() - done);
      if (count > 0) done += static_cast<std::size_t>(count);
    }
    ::close(ends[1]);
  });
  const InputFile file("/dev/fd/" + std::to_string(ends[0]), "test");
  writer.join();
  ::close(ends[0]);
  EXPECT_EQ(file.size(), text.size());
  EXPECT_EQ(text_of(file.bytes()), text);
  EXPECT_EQ(part(file, 199'999, 1), "p");
  EXPECT_EQ(refusal([&] { part(file, 199'999, 2); }).substr(0, 6), "test: ");
}

TEST(InputFile, that_is_a_pipe_without_a_writer_is_empty_at_once) {
  const TestFolder folder;
  const std::string path = (folder / "pipe").string();
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(InputFile(path, "test").size(), 0U);
}

TEST(InputFile, without_a_size_is_read_to_its_end) {
  const InputFile file("/proc/self/stat", "test");
  EXPECT_EQ(std::filesystem::file_size("/proc/self/stat"), 0U);
  EXPECT_TRUE(text_of(file.bytes()).starts_with(std::to_string(::getpid()) + " ("));
}

}  // namespace
}  // namespace gradus
