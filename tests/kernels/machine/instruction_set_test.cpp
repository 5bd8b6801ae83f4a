#include <gradus/op/instruction_set.h>

#include <gtest/gtest.h>

#include <gradus/error.h>

#include "support/environment.h"
#include "support/error_text.h"

namespace gradus {
namespace {

TEST(InstructionSet, the_baseline_is_available_everywhere_and_the_best_is_the_last) {
  const std::vector<InstructionSet> sets = available_instruction_sets();
  EXPECT_EQ(sets.front(), InstructionSet::baseline);
  EXPECT_EQ(sets.back(), best_instruction_set());
  EXPECT_LE(sets.size(), instruction_set_count);
}

TEST(InstructionSet, of_the_environment_is_the_most_that_is_used) {
  {
    const EnvironmentVariable most("GRADUS_INSTRUCTION_SET", "baseline");
    EXPECT_EQ(best_instruction_set(), InstructionSet::baseline);
    EXPECT_EQ(available_instruction_sets(), std::vector{InstructionSet::baseline});
  }
  const EnvironmentVariable any("GRADUS_INSTRUCTION_SET", "");
  const InstructionSet best = best_instruction_set();
  const EnvironmentVariable most("GRADUS_INSTRUCTION_SET", "avx512");
  EXPECT_EQ(best_instruction_set(), best);
  const EnvironmentVariable other("GRADUS_INSTRUCTION_SET", "sse");
  EXPECT_EQ(error_text<GraphError>([] { best_instruction_set(); }),
            "$GRADUS_INSTRUCTION_SET is \"sse\"; instruction sets are baseline, avx2, avx512");
}

TEST(InstructionSet, has_a_name) {
  EXPECT_EQ(to_text(InstructionSet::baseline), "baseline");
  EXPECT_EQ(to_text(InstructionSet::avx2), "avx2");
  EXPECT_EQ(to_text(InstructionSet::avx512), "avx512");
}

}  // namespace
}  // namespace gradus
