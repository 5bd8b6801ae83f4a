#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <gradus/diagram.h>
#include <gradus/error.h>
#include <gradus/gradients.h>
#include <gradus/ops.h>
#include <gradus/optimizers.h>
#include <gradus/traversal.h>

#include "graph/graph_state.h"

namespace gradus {
namespace {

using testing::HasSubstr;
using testing::Not;

// A layer of its own scope, and its loss.
struct DiagramOptionsTest : testing::Test {
  DiagramOptionsTest()
      : x(g.placeholder("x", {any_size, 3})), W(g.variable("W", Array::zeros({3, 3}))) {
    {
      const NameScope scope = g.scope("layer");
      h = named(exp(matmul(x, W)), "h");
    }
    loss = named(reduce_sum(h), "loss");
  }
  Graph g;
  Tensor x;
  Variable W;
  Tensor h, loss;
};

TEST_F(DiagramOptionsTest, gradients_stand_in_a_frame_for_each_op_and_beside_it) {
  const std::string dot = to_dot(std::vector<Tensor>{gradient(loss, W), loss});
  EXPECT_THAT(dot, HasSubstr("label=\"gradient of loss\""));
  EXPECT_THAT(dot, HasSubstr("label=\"gradient of h\""));
  EXPECT_THAT(dot, HasSubstr("label=\"gradient of matmul\""));
  // h = exp(..) is n3, its gradient h * dy is n6.
  EXPECT_THAT(dot,
              HasSubstr("\"n6\" [label=\"multiply_no_nan\", tooltip=\"gradients/multiply_no_nan "
                        "(gradient of layer/h)\""));
  EXPECT_THAT(dot, HasSubstr("  \"n3\" -> \"n6\" [style=\"dotted\", minlen=\"0\""));
}

TEST_F(DiagramOptionsTest, backward_half_flows_up_and_what_it_reads_does_not_move_it) {
  const std::string dot = to_dot(std::vector<Tensor>{gradient(loss, W), loss});
  EXPECT_THAT(dot, HasSubstr("  \"n7\" -> \"n6\" [label=\" 2nd [?, 3]\", dir=\"back\"];\n"));
  EXPECT_THAT(dot, HasSubstr("  \"n0\" -> \"n7\" [constraint=\"false\", "
                             "color=\"#b98d6e\"];\n"));
}

TEST_F(DiagramOptionsTest, what_is_computed_from_a_gradient_flows_up_with_it) {
  const std::string dot = to_dot(square(gradient(loss, W)));
  EXPECT_THAT(dot, HasSubstr("\"n7\" -> \"n6\" [label=\" [3, 3]\", dir=\"back\"];\n"));
}

TEST_F(DiagramOptionsTest, several_gradients_of_an_op_share_one_dotted_line) {
  const Tensor y = square(h);
  const std::string dot = to_dot(std::vector<Tensor>{gradient(reduce_sum(y), h), y});
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = dot.find("style=\"dotted\"", at)) != dot.npos; ++at) ++lines;
  EXPECT_EQ(lines, 1U) << dot;
  EXPECT_THAT(dot, HasSubstr("style=\"invis\""));
}

TEST_F(DiagramOptionsTest, collapsed_scope_is_a_box_that_counts_what_it_holds) {
  const std::string dot = to_dot(loss, {.collapsed_scopes = {"layer"}});
  EXPECT_THAT(dot, HasSubstr("label=\"layer\\n2 nodes, 2 inputs, 1 output\", tooltip=\"layer\", "
                             "shape=\"box3d\""));
  EXPECT_THAT(dot, Not(HasSubstr("matmul")));
  EXPECT_THAT(dot, Not(HasSubstr("cluster")));
  EXPECT_THAT(dot, HasSubstr("  \"n0\" -> \"n2\" [label=\" [?, 3]\"];\n"
                             "  \"n1\" -> \"n2\" [label=\" [3, 3]\"];\n"
                             "  \"n2\" -> \"n3\" [label=\" [?, 3]\", weight=\"8\"];\n"));
}

TEST_F(DiagramOptionsTest, scopes_are_collapsed_by_the_last_part_of_their_name_or_a_pattern) {
  Tensor y = x;
  for (int i = 0; i < 2; ++i) {
    const NameScope outer = g.scope("block");
    const NameScope inner = g.scope("part");
    y = exp(log(y));
  }
  for (const char* pattern : {"part", "*/part", "block*/part"}) {
    const std::string dot = to_dot(y, {.collapsed_scopes = {pattern}});
    EXPECT_THAT(dot, HasSubstr("label=\"part\\n2 nodes, 1 input, 1 output\", "
                               "tooltip=\"block_1/part\""));
    EXPECT_THAT(dot, HasSubstr("label=\"block_1\""));
  }
  EXPECT_THAT(to_dot(y, {.shows_scopes = false, .collapsed_scopes = {"block"}}),
              HasSubstr("label=\"block\\n2 nodes, 1 input, 1 output\""));
}

TEST_F(DiagramOptionsTest, boxes_share_one_arrow_for_all_their_values) {
  Tensor y;
  {
    const NameScope scope = g.scope("second");
    y = h * matmul(x, W) + exp(h) * log(h);
  }
  Tensor a, b;
  {
    const NameScope scope = g.scope("third");
    a = exp(y);
    b = y * a;
  }
  const NameScope scope = g.scope("fourth");
  const std::string dot =
      to_dot(a * b, {.collapsed_scopes = {"second", "third", "fourth", "layer"}});
  EXPECT_THAT(dot, HasSubstr("[label=\" 2 values\", weight=\"8\"];"));
}

TEST_F(DiagramOptionsTest, gradients_of_an_op_become_one_box) {
  const std::string dot = to_dot(std::vector<Tensor>{gradient(reduce_sum(square(h)), h)},
                                 {.collapses_gradients = true});
  EXPECT_THAT(dot, HasSubstr("label=\"gradient of square\\n2 nodes, 2 inputs, 1 output\""));
  EXPECT_THAT(dot, HasSubstr("fillcolor=\"#fce6d8\", color=\"#d55e00\", shape=\"box3d\""));
}

TEST_F(DiagramOptionsTest, nodes_of_a_choice_name_what_they_read_from_outside) {
  const std::string dot = to_dot(g, between({W}, {h}));
  EXPECT_THAT(dot, HasSubstr("[label=\"x\", tooltip=\"x\", shape=\"plaintext\""));
  EXPECT_THAT(dot, Not(HasSubstr("loss")));
  EXPECT_THAT(to_dot(g, in_scope(g, "layer")), HasSubstr("[label=\"W\", tooltip=\"W\", "
                                                         "shape=\"plaintext\""));
  EXPECT_THAT(to_dot(g, within(1, {loss})), HasSubstr("[label=\"layer/matmul\", "));
  EXPECT_THAT(to_dot(g, in_scope(g, "")), HasSubstr("label=\"loss\\nreduce_sum"));
}

TEST_F(DiagramOptionsTest, wrong_choices_are_refused) {
  const auto error_of = [&](const std::vector<NodeId>& nodes) -> std::string {
    try {
      to_dot(g, nodes);
    } catch (const GraphError& error) {
      return error.what();
    }
    return "no GraphError";
  };
  const std::string wrong = "diagram: the nodes are not ascending, or not of this graph";
  EXPECT_EQ(error_of({}), "diagram: there is nothing to draw");
  EXPECT_EQ(error_of({h.id(), x.id()}), wrong);
  EXPECT_EQ(error_of({NodeId{99}}), wrong);
  EXPECT_EQ(error_of({NodeId{-1}}), wrong);
}

TEST_F(DiagramOptionsTest, dark_theme_changes_colors_alone) {
  const std::string light = to_dot(loss), dark = to_dot(loss, {.theme = DiagramTheme::dark});
  EXPECT_THAT(dark, HasSubstr("bgcolor=\"#14181f\""));
  EXPECT_THAT(dark, HasSubstr("fillcolor=\"#453a10\", color=\"#f0e442\""));
  EXPECT_EQ(dark.size(), light.size());
}

}  // namespace
}  // namespace gradus
