#include "graph/growing_array.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace gradus {
namespace {

TEST(GrowingArray, keeps_its_values_while_it_grows) {
  GrowingArray<int> values;
  EXPECT_EQ(values.size(), 0);
  EXPECT_EQ(values.begin(), values.end());
  for (int i = 0; i < 1'000'000; ++i) values.push_back(i);
  std::vector<int> expected(1'000'000);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_TRUE(std::ranges::equal(values, expected));
  EXPECT_GE(values.capacity(), values.size());
}

TEST(GrowingArray, appends_and_drops_at_its_end) {
  GrowingArray<char> values;
  values.append({});
  values.append(std::vector<char>{'a', 'b', 'c'});
  values.shrink(1);
  values.append(std::vector<char>(100, 'd'));
  values[1] = 'e';
  ASSERT_EQ(values.size(), 101);
  EXPECT_EQ(values[0], 'a');
  EXPECT_EQ(values[1], 'e');
  EXPECT_EQ(std::count(values.begin(), values.end(), 'd'), 99);
}

TEST(GrowingArray, takes_values_unchecked_where_there_is_room) {
  GrowingArray<int> values;
  values.push_back(1);
  values.reserve(3);
  const int* const first = values.begin();
  values.unchecked_push_back(2);
  values.unchecked_push_back(3);
  EXPECT_TRUE(std::ranges::equal(values, std::vector{1, 2, 3}));
  EXPECT_EQ(values.begin(), first);
}

TEST(GrowingArray, copies_are_independent) {
  GrowingArray<int> values;
  values.push_back(1);
  const GrowingArray<int> before = values;
  values[0] = 2;
  values.push_back(3);
  ASSERT_EQ(before.size(), 1);
  EXPECT_EQ(before[0], 1);
  EXPECT_EQ(GrowingArray<int>(GrowingArray<int>()).size(), 0);
}

TEST(GrowingArray, that_finds_no_memory_stays_as_it_was) {
  GrowingArray<std::uint64_t> values;
  values.push_back(7);
  const std::size_t capacity = values.capacity();
  // More bytes than a size can tell.
  EXPECT_THROW(values.reserve(std::size_t{1} << 62), std::bad_alloc);
#if !defined(__SANITIZE_ADDRESS__)  // which ends a program that asks for so much
  EXPECT_THROW(values.reserve(std::size_t{1} << 58), std::bad_alloc);
#endif
  EXPECT_EQ(values.capacity(), capacity);
  ASSERT_EQ(values.size(), 1);
  EXPECT_EQ(values[0], 7);
}

}  // namespace
}  // namespace gradus
