#include <gradus/huge_pages.h>

#include <cstdint>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace gradus {
namespace {

TEST(HugePages, hold_what_a_vector_grows_through) {
  std::vector<std::uint32_t, HugePages<std::uint32_t>> numbers;
  constexpr std::uint32_t count = 5'000'000;  // 20 MB: through all sizes of allocation
  for (std::uint32_t i = 0; i < count; ++i) numbers.push_back(i);
  const std::vector<std::uint32_t, HugePages<std::uint32_t>> copy = numbers;
  numbers.clear();
  numbers.shrink_to_fit();
  EXPECT_EQ(std::accumulate(copy.begin(), copy.end(), std::uint64_t{0}),
            std::uint64_t{count} * (count - 1) / 2);
}

TEST(HugePages, align_long_arrays_to_a_huge_page) {
  const std::size_t bytes = (std::size_t{4} << 20) + 1;
  void* const memory = allocate_long(bytes);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % (std::size_t{2} << 20), 0u);
  free_long(memory, bytes);
}

TEST(HugePages, refuse_sizes_that_overflow) {
  EXPECT_THROW(HugePages<std::uint64_t>().allocate(std::size_t{1} << 62), std::bad_alloc);
}

}  // namespace
}  // namespace gradus
