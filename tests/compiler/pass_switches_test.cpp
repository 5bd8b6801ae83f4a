#include <string>

#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "compiler/pipeline.h"
#include "support/environment.h"
#include "support/error_text.h"

namespace gradus {
namespace {

// Steps of four element-wise ops, which are one loop.
std::size_t steps_with(const std::string& switched_off, const Passes& passes = {}) {
  const EnvironmentVariable off("GRADUS_PASSES_OFF", switched_off);
  Graph g;
  const Tensor x = g.placeholder("x", {2, 3});
  const Tensor y = elu(x * x) - exp(x);
  return Session(g, {.passes = passes}).plan(y, {{x, Array::zeros({2, 3})}}).steps.size();
}

TEST(Switches, of_the_environment_leave_out_passes_of_every_session) {
  EXPECT_EQ(steps_with(""), 1u);
  EXPECT_EQ(steps_with("common_subexpressions,split_rows"), 1u);
  EXPECT_EQ(steps_with("fuse_loops"), 4u);
  EXPECT_EQ(steps_with("common_subexpressions,fuse_loops"), 4u);
  EXPECT_EQ(steps_with("all"), 4u);
  EXPECT_EQ(steps_with("common_subexpressions", {.fuse_loops = false}), 4u);
}

TEST(Switches, that_are_none_are_refused) {
  std::string names;
  for (const Pass& pass : pipeline) names.append(names.empty() ? "" : ", ").append(pass.name);
  EXPECT_EQ(error_text<GraphError>([] { steps_with("fuse_loops,sweep"); }),
            "session: $GRADUS_PASSES_OFF names \"sweep\"; passes are " + names +
                ", and all switches off all of them\n  at  pass_switches_test.cpp:20");
}

}  // namespace
}  // namespace gradus
