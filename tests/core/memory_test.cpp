#include "core/memory.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

namespace gradus {
namespace {

TEST(Memory, of_this_machine_is_between_64_MiB_and_1_PiB) {
  EXPECT_GT(physical_memory(), std::size_t{1} << 26);
  EXPECT_LT(physical_memory(), std::size_t{1} << 50);
}

TEST(Memory, begins_at_a_cache_line_and_can_be_written_to_its_end) {
  for (const std::size_t bytes : {0U, 1U, 63U, 4096U, 5U << 20, (17U << 20) + 1}) {
    const std::shared_ptr<std::byte[]> memory = uninitialized_bytes(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory.get()) % 64, 0U) << bytes;
    std::memset(memory.get(), 7, bytes);
  }
  EXPECT_EQ(uninitialized_bytes(std::numeric_limits<std::size_t>::max()), nullptr);
}

TEST(Memory, grows_and_keeps_what_it_held) {
  constexpr std::size_t MiB = std::size_t{1} << 20;
  std::size_t bytes = 0;
  auto* block = static_cast<unsigned char*>(nullptr);
  // Small, the first large ones, not a multiple of a page, and one that stays where it is.
  for (const std::size_t more : {std::size_t{1}, std::size_t{100}, 3 * MiB, 4 * MiB, 4 * MiB + 1,
                                 6 * MiB, 9 * MiB + 4095, 17 * MiB, 17 * MiB}) {
    block = static_cast<unsigned char*>(grown_memory(block, bytes, more));
    ASSERT_NE(block, nullptr) << more;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignof(std::max_align_t), 0U) << more;
    for (std::size_t i = 0; i < bytes; ++i) ASSERT_EQ(block[i], i % 251) << i << " of " << bytes;
    for (std::size_t i = bytes; i < more; ++i) block[i] = static_cast<unsigned char>(i % 251);
    bytes = more;
  }
  // Where there is no memory, the old block stays.
  for (const std::size_t too_many :
       {std::size_t{1} << 60, std::numeric_limits<std::size_t>::max() - 1})
    EXPECT_EQ(grown_memory(block, bytes, too_many), nullptr);
  for (std::size_t i = 0; i < bytes; ++i) ASSERT_EQ(block[i], i % 251) << i;
  free_memory(block, bytes);
}

TEST(Memory, amounts_are_written_in_the_unit_that_fits) {
  EXPECT_EQ(bytes_text(0), "0 bytes");
  EXPECT_EQ(bytes_text(1023), "1023 bytes");
  EXPECT_EQ(bytes_text(1024), "1.0 KiB");
  EXPECT_EQ(bytes_text(3174), "3.1 KiB");
  EXPECT_EQ(bytes_text(std::size_t{5} << 30), "5.0 GiB");
  EXPECT_EQ(bytes_text(std::size_t{4} << 50), "4.0 PiB");
  EXPECT_EQ(bytes_text(std::numeric_limits<std::size_t>::max()), "16.0 EiB");
}

TEST(Memory, an_amount_just_below_a_unit_is_not_1024_of_the_smaller_one) {
  EXPECT_EQ(bytes_text((1 << 20) - 1), "1.0 MiB");
  EXPECT_EQ(bytes_text((1 << 20) - 103), "1023.9 KiB");
}

}  // namespace
}  // namespace gradus
