#include "core/small_array.h"

#include <gtest/gtest.h>

namespace gradus {
namespace {

TEST(SmallArray, holds_few_and_many_items) {
  for (std::size_t size : {0u, 1u, 4u, 5u, 100u}) {
    SmallArray<int> items(size);
    ASSERT_EQ(items.size(), size);
    for (std::size_t i = 0; i < size; ++i) EXPECT_EQ(items[i], 0);
    for (std::size_t i = 0; i < size; ++i) items[i] = static_cast<int>(i);
    const std::span<const int> all = items;
    ASSERT_EQ(all.size(), size);
    for (std::size_t i = 0; i < size; ++i) EXPECT_EQ(all[i], static_cast<int>(i));
  }
}

TEST(SmallArray, copies_are_independent) {
  SmallArray<int> few(2), many(9);
  const SmallArray<int> few_before = few, many_before = many;
  few[1] = many[8] = 1;
  EXPECT_EQ(few_before[1], 0);
  EXPECT_EQ(many_before[8], 0);
}

}  // namespace
}  // namespace gradus
