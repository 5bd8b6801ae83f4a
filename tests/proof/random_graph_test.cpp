#include "proof/random_graph.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <gradus/gradients.h>
#include <gradus/op/records.h>
#include <gradus/pass_trace.h>

#include "compiler/pipeline.h"

namespace gradus::proof {
namespace {

TEST(RandomGraphs, agree_with_the_interpreter) {
  const Report report = check_random_graphs(0, 200);
  EXPECT_EQ(report.checked, 200);
  for (const std::string& failure : report.failures) ADD_FAILURE() << failure;
}

TEST(RandomGraphs, slow_agree_with_the_interpreter) {
  const Report report = check_random_graphs(200, 1800);
  for (const std::string& failure : report.failures) ADD_FAILURE() << failure;
}

TEST(RandomGraphs, use_most_proofs_and_compare_gradients) {
  std::set<const Proof*> used;
  std::int64_t gradients = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Program program = random_program(seed);
    for (const auto& step : program.steps) used.insert(step.proof);
    ASSERT_EQ(fault_of(program, &gradients), std::nullopt);
  }
  EXPECT_GT(used.size(), all_proofs().size() / 2);
  EXPECT_GT(gradients, 2000);
}

TEST(RandomGraphs, agree_with_the_interpreter_in_float32) {
  int checked = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed)
    if (const auto program = in_float32(random_program(seed))) {
      ++checked;
      const auto fault = float32_fault_of(*program);
      ASSERT_EQ(fault, std::nullopt) << seed << "\n" << to_text(*program);
    }
  EXPECT_GT(checked, 100);
}

// Else that passes keep values would say little.
TEST(RandomGraphs, give_every_pass_something_to_do) {
  std::map<std::string_view, int> graphs_changed_by;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Built built = build(random_program(seed));
    Tensors xs;
    Tensor loss;
    for (const Tensor& tensor : built.tensors)
      if (tensor.dtype() == float64) {
        xs.push_back(tensor);
        loss = loss ? loss + reduce_sum(tensor) : reduce_sum(tensor);
      }
    std::set<std::string_view> names;
    for (const Tensors& fetches : {Tensors{built.tensors.back()}, gradients(loss, xs)})
      for (const PassTrace& trace : trace_passes(fetches, built.feeds))
        if (!trace.rewritings.empty()) names.insert(trace.name);
    for (const std::string_view name : names) ++graphs_changed_by[name];
  }
  for (const Pass& pass : pipeline) {
    if (pass.rewrite == nullptr) continue;
    EXPECT_GE(graphs_changed_by[pass.name], 10) << pass.name;
  }
}

// y = exp(x) + x, of an oracle that says sin where the op computes exp.
TEST(RandomGraphs, shrink_to_the_step_that_is_wrong) {
  Proof lie{.op = &exp_op, .call = of(exp), .oracle = of([](Real x) { return std::sin(x); })};
  lie.operands.resize(1);
  const Proof& truth = *std::ranges::find(all_proofs(), &add_op, &Proof::op);
  Program program{{{{{2}, {0.5L, 1.5L}}, float64, false}}, {}};
  program.steps = {{&truth, {0, 0}}, {&lie, {1}}, {&truth, {2, 0}}, {&truth, {3, 1}}};
  ASSERT_TRUE(fault_of(program));
  const Program smallest = shrunk(program);
  ASSERT_EQ(smallest.steps.size(), 1u);
  EXPECT_EQ(smallest.steps[0].proof, &lie);
}

}  // namespace
}  // namespace gradus::proof
