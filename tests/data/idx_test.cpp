#include <gradus/idx.h>

#include <sys/stat.h>

#include "data/support.h"

namespace gradus {
namespace {

using namespace testing_data;

constexpr int unsigned_byte = 0x08;

std::string small_file() { return idx_header(unsigned_byte, {2, 3}) + "abcdef"; }
Array small_array() { return Array({{97, 98, 99}, {100, 101, 102}}, int32); }

// The text after "idx: <file>: " of the error that the bytes give.
std::string refusal(const std::string& bytes) {
  const TestFolder folder;
  const std::string file = folder.write("x", bytes), start = "idx: " + file + ": ";
  const std::string message = message_of<DataError>([&] { read_idx(file); });
  EXPECT_EQ(message.substr(0, start.size()), start);
  return message.substr(std::min(start.size(), message.size()));
}

Array read(const std::string& bytes) {
  const TestFolder folder;
  return read_idx(folder.write("x", bytes));
}

TEST(Idx, unsigned_bytes_are_read_as_int32) {
  EXPECT_EQ(read(small_file()), small_array());
  EXPECT_EQ(read(idx_header(unsigned_byte, {1}) + "\xff"), Array({255}, int32));
}

TEST(Idx, every_element_type_is_read_big_endian) {
  EXPECT_EQ(read(idx_header(0x09, {2}) + "\xff\x7f"), Array({-1, 127}, int32));
  EXPECT_EQ(read(idx_header(0x0B, {2}) + "\xff\xfe\x01\x02"), Array({-2, 258}, int32));
  EXPECT_EQ(read(idx_header(0x0C, {1}) + "\x80\x01\x02\x03"), Array({-2147417597}, int32));
  EXPECT_EQ(read(idx_header(0x0D, {1}) + big_endian(0xC0200000)), Array({-2.5}, float32));
  EXPECT_EQ(read(idx_header(0x0E, {1}) + big_endian(0xC0040000) + big_endian(0)),
            Array({-2.5}, float64));
}

TEST(Idx, an_array_longer_than_the_buffers_is_read_whole) {
  std::string payload;
  std::vector<std::int32_t> expected;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    payload += big_endian(i * 40503);
    expected.push_back(static_cast<std::int32_t>(i * 40503));
  }
  const std::string bytes = idx_header(0x0C, {1000, 100}) + payload;
  EXPECT_EQ(read(bytes), Array(Shape{1000, 100}, expected));
  EXPECT_EQ(read(gzip(bytes)), Array(Shape{1000, 100}, expected));
}

TEST(Idx, eight_dimensions_and_no_elements_are_possible) {
  EXPECT_EQ(read(idx_header(unsigned_byte, {1, 1, 1, 1, 1, 1, 1, 2}) + "ab").shape(),
            (Shape{1, 1, 1, 1, 1, 1, 1, 2}));
  EXPECT_EQ(read(idx_header(unsigned_byte, {0, 28, 28})).shape(), (Shape{0, 28, 28}));
}

TEST(Idx, a_foreign_file_is_refused) {
  EXPECT_EQ(refusal("PK\x03\x04"), "no IDX file: it begins with 50 4b, not 00 00");
  EXPECT_EQ(refusal(std::string("\0\1\x08\1\0\0\0\0", 8)),
            "no IDX file: it begins with 00 01, not 00 00");
}

TEST(Idx, an_unknown_element_type_is_refused) {
  EXPECT_EQ(refusal(idx_header(0x0A, {1}) + "a"), "element type is unknown: 0x0a");
}

TEST(Idx, a_rank_of_0_or_255_is_refused) {
  EXPECT_EQ(refusal(idx_header(unsigned_byte, {})), "0 dimensions, 1 to 8 are possible");
  EXPECT_EQ(refusal(std::string("\0\0\x08\xff", 4)), "255 dimensions, 1 to 8 are possible");
}

TEST(Idx, a_cut_header_is_refused) {
  EXPECT_EQ(refusal(""), "header is cut: 0 bytes of 4");
  EXPECT_EQ(refusal(small_file().substr(0, 3)), "header is cut: 3 bytes of 4");
  EXPECT_EQ(refusal(small_file().substr(0, 11)), "header is cut: 11 bytes of 12");
}

TEST(Idx, a_size_that_the_file_cannot_have_is_refused) {
  EXPECT_EQ(refusal(idx_header(unsigned_byte, {0xFFFFFFFF, 28, 28}) + "abc"),
            "payload is short: 3 bytes of 3367254359280 for [4294967295, 28, 28]");
}

TEST(Idx, sizes_whose_product_wraps_are_refused) {
  EXPECT_EQ(refusal(idx_header(unsigned_byte, {65536, 65536, 65536, 65536})),
            "[65536, 65536, 65536, 65536] has more than 2^60 elements");
  EXPECT_EQ(refusal(idx_header(unsigned_byte, {0, 0xFFFFFFFF, 0xFFFFFFFF})),
            "[0, 4294967295, 4294967295] has more than 2^60 elements");
}

TEST(Idx, a_short_payload_is_refused) {
  EXPECT_EQ(refusal(small_file().substr(0, 17)), "payload is short: 5 bytes of 6 for [2, 3]");
}

TEST(Idx, a_long_payload_is_refused) {
  EXPECT_EQ(refusal(small_file() + "g"), "payload is long: more than 6 bytes for [2, 3]");
}

TEST(Idx, a_missing_file_is_named_as_the_user_named_it) {
  EXPECT_EQ(message_of<FileError>([] { read_idx("no/such/file"); }),
            "idx: no/such/file: No such file or directory");
}

TEST(Idx, a_folder_is_no_file) {
  const TestFolder folder;
  EXPECT_EQ(message_of<FileError>([&] { read_idx(folder.path()); }),
            "idx: " + folder.path().string() + ": Is a directory");
}

TEST(Idx, a_path_with_a_nul_reads_no_other_file) {
  const TestFolder folder;
  const std::string file = folder.write("f", small_file());
  EXPECT_EQ(message_of<FileError>([&] { read_idx(file + std::string("\0g", 2)); }),
            "idx: " + file + ": a NUL follows in the path");
}

TEST(Idx, a_pipe_without_a_writer_is_at_its_end_at_once) {
  const TestFolder folder;
  const std::string file = (folder.path() / "pipe").string();
  ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
  EXPECT_EQ(message_of<DataError>([&] { read_idx(file); }),
            "idx: " + file + ": header is cut: 0 bytes of 4");
}

TEST(Idx, a_file_that_opens_but_gives_no_bytes_is_refused) {
  EXPECT_EQ(message_of<FileError>([] { read_idx("/proc/self/mem"); }),
            "idx: /proc/self/mem: Input/output error");
}

TEST(Idx, a_file_cut_anywhere_is_refused) {
  const TestFolder folder;
  for (std::size_t size = 0; size < small_file().size(); ++size)
    EXPECT_THROW(read_idx(folder.write("x", small_file().substr(0, size))), DataError) << size;
}

TEST(Idx, a_flipped_bit_is_refused_or_changes_one_element) {
  const TestFolder folder;
  const Array original = small_array();
  for (std::size_t bit = 0; bit < 8 * small_file().size(); ++bit) {
    std::string bytes = small_file();
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
    const std::string file = folder.write("x", bytes);
    if (bit / 8 == 2 && bytes[2] == 0x09) {  // unsigned bytes become signed ones
      EXPECT_EQ(read_idx(file), original);
    } else if (bit / 8 < 12) {
      EXPECT_THROW(read_idx(file), DataError) << bit;
    } else {
      const Array changed = read_idx(file);
      ASSERT_EQ(changed.shape(), original.shape());
      int differences = 0;
      for (std::size_t i = 0; i < 6; ++i)
        differences += changed.values<std::int32_t>()[i] != original.values<std::int32_t>()[i];
      EXPECT_EQ(differences, 1) << bit;
    }
  }
}

}  // namespace
}  // namespace gradus
