#include "interchange/crc32c.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace gradus {
namespace {

using Bytes = std::vector<std::uint8_t>;

std::uint32_t sum(const Bytes& bytes) { return crc32c(std::as_bytes(std::span(bytes))); }

// RFC 3720, appendix B.4, where the four bytes of the sum stand in reverse.
TEST(Crc32c, is_that_of_rfc_3720) {
  EXPECT_EQ(sum(Bytes(32, 0x00)), 0x8a9136aaU);
  EXPECT_EQ(sum(Bytes(32, 0xff)), 0x62a8ab43U);
  Bytes up(32);
  std::iota(up.begin(), up.end(), std::uint8_t{0});
  EXPECT_EQ(sum(up), 0x46dd794eU);
  EXPECT_EQ(sum({up.rbegin(), up.rend()}), 0x113fdb5cU);
}

TEST(Crc32c, of_nothing_is_0) { EXPECT_EQ(sum({}), 0U); }

TEST(Crc32c, of_two_parts_is_that_of_the_whole) {
  const std::string_view digits = "123456789";
  for (std::size_t cut = 0; cut <= digits.size(); ++cut) {
    const std::uint32_t first = crc32c(std::as_bytes(std::span(digits.substr(0, cut))));
    EXPECT_EQ(crc32c(std::as_bytes(std::span(digits.substr(cut))), first), 0xe3069283U);
  }
}

}  // namespace
}  // namespace gradus
