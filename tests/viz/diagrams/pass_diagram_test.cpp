#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <gradus/error.h>
#include <gradus/ops.h>
#include <gradus/pass_diagram.h>

namespace gradus {
namespace {

using testing::HasSubstr;
using testing::Not;

// Two equal products, a transpose of a transpose, and neighbours of one loop.
struct PassDiagram : testing::Test {
  PassDiagram() {
    const Tensor x = g.placeholder("x", {any_size, 3});
    const Variable W = g.variable("W", Array::zeros({3, 3}));
    const Tensor a = exp(matmul(x, W)), b = log(matmul(x, W));
    passes = trace_passes({named(transpose(transpose(a)) * b, "y")}, {{x, Array::zeros({10, 3})}});
  }
  std::string dot_of(std::string_view name) const {
    for (std::size_t i = 0; i < passes.size(); ++i)
      if (passes[i].name == name) return to_dot(passes, i);
    return "no such pass";
  }
  Graph g;
  std::vector<PassTrace> passes;
};

TEST_F(PassDiagram, first_pass_is_drawn_after_it_with_the_shapes_of_the_run) {
  EXPECT_EQ(passes[0].name, "prune");
  const std::string dot = to_dot(passes, 0);
  EXPECT_THAT(dot, HasSubstr("label=\" 1st [10, 3]\""));
  EXPECT_THAT(dot, Not(HasSubstr("before")));
}

TEST_F(PassDiagram, graphs_before_and_after_stand_in_frames_of_their_own) {
  const std::string dot = dot_of("common_subexpressions");
  EXPECT_THAT(dot,
              HasSubstr("subgraph \"cluster_1\" {\n    label=\"before common_subexpressions\""));
  EXPECT_THAT(dot,
              HasSubstr("subgraph \"cluster_2\" {\n    label=\"after common_subexpressions\""));
}

TEST_F(PassDiagram, merged_node_is_dashed_and_says_with_what) {
  EXPECT_THAT(dot_of("common_subexpressions"),
              HasSubstr("label=\"matmul\\nequal nodes\\nmerged with matmul\", "
                        "tooltip=\"matmul_1\", style=\"dashed\""));
}

TEST_F(PassDiagram, rewritten_node_names_the_rule) {
  EXPECT_THAT(dot_of("simplify"), HasSubstr("\\na transpose of a transpose\""));
  EXPECT_THAT(dot_of("simplify"), HasSubstr("penwidth=\"2.5\", color=\"#0072b2\""));
}

TEST_F(PassDiagram, what_one_loop_computes_stands_in_a_frame) {
  EXPECT_EQ(passes.back().name, "fuse_loops");
  EXPECT_THAT(to_dot(passes, passes.size() - 1), HasSubstr("label=\"one loop of 3 nodes\""));
}

TEST_F(PassDiagram, pass_that_is_not_there_is_refused) {
  try {
    to_dot(passes, 99);
    ADD_FAILURE() << "no error";
  } catch (const GraphError& error) {
    EXPECT_EQ(error.what(),
              "diagram: there is no pass 99: " + std::to_string(passes.size()) + " are given");
  }
}

}  // namespace
}  // namespace gradus
