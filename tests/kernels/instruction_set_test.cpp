#include <gradus/instruction_set.h>

#include <gtest/gtest.h>

namespace gradus {
namespace {

TEST(InstructionSet, the_baseline_is_available_everywhere_and_the_best_is_the_last) {
  const std::vector<InstructionSet> sets = available_instruction_sets();
  EXPECT_EQ(sets.front(), InstructionSet::baseline);
  EXPECT_EQ(sets.back(), best_instruction_set());
  EXPECT_LE(sets.size(), instruction_set_count);
}

TEST(InstructionSet, has_a_name) {
  EXPECT_EQ(to_text(InstructionSet::baseline), "baseline");
  EXPECT_EQ(to_text(InstructionSet::avx2), "avx2");
  EXPECT_EQ(to_text(InstructionSet::avx512), "avx512");
}

}  // namespace
}  // namespace gradus
