#include <gradus/idx.h>

#include <sys/resource.h>
#include <chrono>

#include "data/support.h"

namespace gradus {
namespace {

using namespace testing_data;

std::string small_file() { return idx_header(0x08, {2, 3}) + "abcdef"; }
Array small_array() { return Array({{97, 98, 99}, {100, 101, 102}}, int32); }

// The text after "idx: <file>: " of the error that the bytes give.
std::string refusal(const std::string& bytes) {
  const TestFolder folder;
  const std::string file = folder.write("x.gz", bytes), start = "idx: " + file + ": ";
  const std::string message = message_of<DataError>([&] { read_idx(file); });
  EXPECT_EQ(message.substr(0, start.size()), start);
  return message.substr(std::min(start.size(), message.size()));
}

// With one byte changed; counted from the end if negative.
std::string damaged(std::string bytes, std::ptrdiff_t position, char byte) {
  const auto at = position < 0 ? std::ssize(bytes) + position : position;
  bytes[static_cast<std::size_t>(at)] = byte;
  return bytes;
}

TEST(IdxGzip, the_first_bytes_tell_gzip_not_the_name) {
  const TestFolder folder;
  EXPECT_EQ(read_idx(folder.write("x.gz", gzip(small_file()))), small_array());
  EXPECT_EQ(read_idx(folder.write("x", gzip(small_file()))), small_array());
  EXPECT_EQ(read_idx(folder.write("y.gz", small_file())), small_array());
}

TEST(IdxGzip, a_name_ending_in_gz_makes_no_gzip) {
  EXPECT_EQ(refusal("plain text"), "no IDX file: it begins with 70 6c, not 00 00");
}

TEST(IdxGzip, a_header_may_have_all_fields) {
  std::string header = gzip(small_file()).substr(0, 10);
  header[3] = 2 | 4 | 8 | 16;  // checksum of the header, extra field, name, comment
  const std::string long_text(10'000, 'n');
  header += std::string("\x10\x27", 2) + std::string(10'000, 'e');  // little-endian length
  header += long_text + '\0' + long_text + '\0';
  const auto sum =
      crc32(0, reinterpret_cast<const Bytef*>(header.data()), static_cast<uInt>(header.size()));
  header += {static_cast<char>(sum & 0xFF), static_cast<char>(sum >> 8 & 0xFF)};
  const TestFolder folder;
  EXPECT_EQ(read_idx(folder.write("x", header + gzip(small_file()).substr(10))), small_array());
}

TEST(IdxGzip, a_second_member_is_refused) {
  const std::string all = small_file();
  EXPECT_EQ(refusal(gzip(all.substr(0, 7)) + gzip(all.substr(7))),
            "gzip has several members, or other bytes after the first");
}

TEST(IdxGzip, a_second_member_beyond_the_payload_is_refused) {
  EXPECT_EQ(refusal(gzip(small_file()) + gzip("g")),
            "gzip has several members, or other bytes after the first");
}

TEST(IdxGzip, bytes_behind_the_first_member_are_refused) {
  EXPECT_EQ(refusal(gzip(small_file()) + "trash"),
            "gzip has several members, or other bytes after the first");
  EXPECT_EQ(refusal(gzip(small_file()) + '\0'),
            "gzip has several members, or other bytes after the first");
}

TEST(IdxGzip, a_wrong_checksum_is_refused) {
  EXPECT_EQ(refusal(damaged(gzip(small_file()), -8, 'x')),
            "gzip is damaged: checksum or length differs");
}

TEST(IdxGzip, a_wrong_length_is_refused) {
  EXPECT_EQ(refusal(damaged(gzip(small_file()), -4, 'x')),
            "gzip is damaged: checksum or length differs");
}

TEST(IdxGzip, an_unknown_method_is_refused) {
  EXPECT_EQ(refusal(damaged(gzip(small_file()), 2, 9)),
            "gzip is damaged: compression method is unknown");
}

TEST(IdxGzip, a_payload_that_is_short_or_long_is_refused) {
  EXPECT_EQ(refusal(gzip(small_file().substr(0, 17))), "payload is short: 5 bytes of 6 for [2, 3]");
  EXPECT_EQ(refusal(gzip(small_file() + "g")), "payload is long: more than 6 bytes for [2, 3]");
  EXPECT_EQ(refusal(gzip("")), "header is cut: 0 bytes of 4");
}

TEST(IdxGzip, a_size_that_the_file_cannot_decompress_to_is_refused_without_memory_for_it) {
  const std::string packed = gzip(idx_header(0x08, {0xFFFFFFFF, 28, 28}));
  EXPECT_EQ(refusal(packed), "payload is short: at most " +
                                 std::to_string(packed.size() * 1032 - 16) +
                                 " bytes of 3367254359280 for [4294967295, 28, 28]");
}

TEST(IdxGzip, a_bomb_is_refused_before_it_is_decompressed) {
  const std::string member =
      gzip(idx_header(0x08, {2, 3}) + std::string(std::size_t{64} << 20, '\0'));
  std::string bomb;
  for (int i = 0; i < 160; ++i) bomb += member;
  ASSERT_LT(bomb.size(), std::size_t{11} << 20);
  const TestFolder folder;
  const std::string file = folder.write("bomb.gz", bomb);

  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(message_of<DataError>([&] { read_idx(file); }),
            "idx: " + file + ": payload is long: more than 6 bytes for [2, 3]");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
  getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 8 * 1024) << "KiB";
}

TEST(IdxGzip, a_file_cut_anywhere_is_refused) {
  const TestFolder folder;
  const std::string whole = gzip(small_file());
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THROW(read_idx(folder.write("x", whole.substr(0, size))), DataError) << size;
}

TEST(IdxGzip, a_flipped_bit_is_refused_or_changes_nothing) {
  const TestFolder folder;
  const std::string whole = gzip(small_file());
  // Bits without a meaning: flags and time in the header, and padding before the checksum.
  const auto is_idle = [&](std::size_t byte) {
    return (byte >= 3 && byte < 10) || byte == whole.size() - 9;
  };
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string bytes = whole;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
    const std::string file = folder.write("x", bytes);
    try {
      EXPECT_EQ(read_idx(file), small_array()) << bit;
      EXPECT_TRUE(is_idle(bit / 8)) << bit;
    } catch (const DataError&) {
    }
  }
}

}  // namespace
}  // namespace gradus
