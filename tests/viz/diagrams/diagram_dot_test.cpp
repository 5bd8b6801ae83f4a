#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <gradus/diagram.h>
#include <gradus/error.h>
#include <gradus/gradients.h>
#include <gradus/ops.h>

#include "graph/graph_state.h"

namespace gradus {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Initializer some(const Shape& shape, DType dtype = float32) {
  return {"some", shape, dtype, [=](Random&) { return Array::zeros(shape, dtype); }};
}

// Without the lines that every diagram begins with.
std::string body(const std::string& dot) { return dot.substr(dot.find("  \"n0\"")); }

TEST(DiagramDot, layer_is_written_as_this_text) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const Variable W = g.variable("W", some({2, 3}));
  const Tensor h = named(matmul(x, W, {.transpose_b = true}), "h");
  EXPECT_EQ(to_dot(h),
            R"(digraph "gradus" {
  graph [rankdir="TB", nslimit="32", newrank="true", compound="true", nodesep="0.3", ranksep="0.35", pad="0.2", bgcolor="#ffffff", fontname="DejaVu Sans,Verdana,sans-serif", fontsize="11", fontcolor="#4b5563"];
  node [shape="box", style="filled,rounded", fillcolor="#ffffff", color="#4b5563", fontname="DejaVu Sans,Verdana,sans-serif", fontsize="11", fontcolor="#111827", margin="0.12,0.06", height="0.3", width="0.5"];
  edge [color="#6b7280", arrowsize="0.6", fontname="DejaVu Sans,Verdana,sans-serif", fontsize="9", fontcolor="#4b5563"];
  "n0" [label="x\nplaceholder", tooltip="x", shape="ellipse", style="filled", fillcolor="#d8ecf8", color="#0072b2"];
  "n1" [label="W\nvariable", tooltip="W", shape="cylinder", style="filled", fillcolor="#fdf3cd", color="#a67c00"];
  "n2" [label="h\nmatmul\ntranspose_b\n[?, 2]", tooltip="h"];
  "n0" -> "n2" [label=" 1st [?, 3]"];
  "n1" -> "n2" [label=" 2nd [2, 3]"];
}
)");
}

TEST(DiagramDot, nodes_beside_the_drawn_ones_change_no_byte) {
  Graph g, other;
  other.placeholder("unused", {7});
  const Tensor x = g.placeholder("x", {2}), y = other.placeholder("x", {2});
  EXPECT_EQ(to_dot(elu(x)), to_dot(elu(y)));
}

TEST(DiagramDot, several_tensors_are_drawn_in_one_graph) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Tensor a = exp(x), b = log(x);
  const std::string dot = to_dot({b, a});
  EXPECT_THAT(dot, HasSubstr("\"n0\" -> \"n1\" [label=\" [2]\"];\n  \"n0\" -> \"n2\""));
  EXPECT_THAT(dot, HasSubstr("\"n1\" [label=\"exp\\n[2]\""));
  EXPECT_THAT(dot, HasSubstr("\"n2\" [label=\"log\\n[2]\""));
}

TEST(DiagramDot, x_plus_x_has_two_arrows) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  EXPECT_THAT(to_dot(x + x), HasSubstr("  \"n0\" -> \"n1\" [label=\" [2]\"];\n"
                                       "  \"n0\" -> \"n1\" [label=\" [2]\"];\n}\n"));
}

TEST(DiagramDot, number_stands_in_the_formula_of_its_reader) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const std::string dot = to_dot(1 - 0.5 * x);
  EXPECT_THAT(dot, HasSubstr("\"n1\" [label=\"multiply\\n0.5 * x\""));
  EXPECT_THAT(dot, HasSubstr("\"n2\" [label=\"subtract\\n1 - multiply\\n[2]\""));
  EXPECT_THAT(dot, Not(HasSubstr("constant")));
}

TEST(DiagramDot, number_that_is_drawn_itself_is_a_node) {
  Graph g;
  EXPECT_THAT(to_dot(g.constant(3)), HasSubstr("\"n0\" [label=\"constant\\n3\\n[]\""));
}

TEST(DiagramDot, small_constant_shows_its_elements_and_a_large_one_does_not) {
  Graph g;
  EXPECT_THAT(to_dot(g.constant({1, 2})), HasSubstr("label=\"constant\\n[1, 2]\\n[2]\""));
  EXPECT_THAT(to_dot(g.constant(Array::zeros(Shape{9}))), HasSubstr("label=\"constant\\n[9]\""));
}

TEST(DiagramDot, operands_are_named_where_their_order_matters) {
  Graph g;
  const Tensor x = g.placeholder("x", {2}), y = g.placeholder("y", {2});
  EXPECT_THAT(to_dot(y - x), HasSubstr("  \"n0\" -> \"n2\" [label=\" 2nd [2]\"];\n"));
  EXPECT_THAT(to_dot(y - x), HasSubstr("  \"n1\" -> \"n2\" [label=\" 1st [2]\"];\n"));
  EXPECT_THAT(to_dot(maximum(y, x)), HasSubstr("  \"n1\" -> \"n2\" [label=\" [2]\"];\n"));
  EXPECT_THAT(to_dot(where(x < y, x, y)),
              HasSubstr("  \"n2\" -> \"n3\" [label=\" condition bool [2]\", weight=\"8\"];\n"));
}

TEST(DiagramDot, arrow_is_dashed_where_only_the_shape_is_read) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 2}), b = g.placeholder("b", {2});
  EXPECT_THAT(to_dot(broadcast_like(b, x)),
              HasSubstr("  \"n1\" -> \"n2\" [label=\" [2]\"];\n"
                        "  \"n0\" -> \"n2\" [label=\" model [?, 2]\", style=\"dashed\"];\n"));
}

TEST(DiagramDot, dtype_is_written_where_it_is_not_float32) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size}, int64);
  EXPECT_THAT(to_dot(negative(x)), HasSubstr("\"n0\" -> \"n1\" [label=\" int64 [?]\"];"));
  EXPECT_THAT(to_dot(negative(x)), HasSubstr("\"n1\" [label=\"negative\\nint64 [?]\""));
}

TEST(DiagramDot, attributes_that_say_something_are_written) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 2});
  EXPECT_THAT(to_dot(reduce_sum(x)), HasSubstr("label=\"reduce_sum\\n[]\""));
  EXPECT_THAT(to_dot(reduce_sum(x, {1}, true)),
              HasSubstr("label=\"reduce_sum\\naxes=[1], keepdims\\n[?, 1]\""));
}

TEST(DiagramDot, only_names_that_the_user_gave_stand_above_the_op) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Tensor a = exp(x), b = exp(a), c = named(exp(b), "exp_of_b");
  const std::string dot = to_dot(c);
  EXPECT_THAT(dot, HasSubstr("\"n2\" [label=\"exp\", tooltip=\"exp_1\"]"));
  EXPECT_THAT(dot, HasSubstr("\"n3\" [label=\"exp_of_b\\nexp\\n[2]\", tooltip=\"exp_of_b\"]"));
}

TEST(DiagramDot, scopes_are_frames_within_frames) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  Tensor y;
  {
    const NameScope outer = g.scope("model");
    const NameScope inner = g.scope("encoder");
    y = named(elu(x), "code");
  }
  const std::string dot = to_dot(y);
  EXPECT_EQ(body(dot).substr(body(dot).find('\n') + 1),
            R"(  subgraph "cluster_1" {
    label="model"; labeljust="l"; style="filled,rounded"; fillcolor="#f5f7fa"; color="#c3cad5"; margin="10"; fontsize="11"; tooltip="model";
    subgraph "cluster_2" {
      label="encoder"; labeljust="l"; style="filled,rounded"; fillcolor="#eaeef4"; color="#c3cad5"; margin="10"; fontsize="11"; tooltip="encoder";
      "n1" [label="code\nelu\nalpha=1\n[2]", tooltip="model/encoder/code"];
    }
  }
  "n0" -> "n1" [label=" [2]"];
}
)");
  EXPECT_THAT(to_dot(y, {.shows_scopes = false}), Not(HasSubstr("cluster")));
}

TEST(DiagramDot, gradients_and_updates_have_their_own_look) {
  Graph g;
  const Variable W = g.variable("W", some({2}));
  const Tensor loss = reduce_sum(exp(W));
  EXPECT_THAT(
      to_dot(gradient(loss, W)),
      HasSubstr("label=\"dreduce_sum/dW\\nmultiply_no_nan\\n[2]\", "
                "tooltip=\"gradients/multiply_no_nan (gradient of exp)\", style=\"filled\", "
                "fillcolor=\"#fce6d8\", color=\"#d55e00\"];"));
  const InRole role(g.state(), Role::update);
  EXPECT_THAT(to_dot(assign(W, W)), HasSubstr("peripheries=\"2\", fillcolor=\"#d7f0e6\""));
}

TEST(DiagramDot, options_set_direction_title_and_shapes) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const std::string dot =
      to_dot(broadcast_like(x, x),
             {.title = "A \"title\"", .direction = DiagramDirection::right, .shows_shapes = false});
  EXPECT_THAT(dot, HasSubstr("rankdir=\"LR\""));
  EXPECT_THAT(dot, HasSubstr("  label=\"A \\\"title\\\"\";\n  labelloc=\"t\";\n"));
  EXPECT_THAT(dot, HasSubstr("  \"n0\" -> \"n1\";\n  \"n0\" -> \"n1\" [style=\"dashed\"];\n"));
}

TEST(DiagramDot, slow_chain_of_a_million_nodes_is_written) {
  Graph g;
  Tensor y = g.placeholder("x", {2});
  for (int i = 0; i < 1'000'000; ++i) y = negative(y);
  EXPECT_THAT(body(to_dot(y, {.collapses_large_graphs = false})),
              StartsWith("  \"n0\" [label=\"x\\nplaceholder\""));
  EXPECT_THAT(to_dot(y), HasSubstr("label=\"\u00d7 1000000\""));
}

std::string error_of(const std::vector<Tensor>& tensors) {
  try {
    to_dot(tensors);
  } catch (const GraphError& e) {
    return e.what();
  }
  return "no GraphError";
}

TEST(DiagramDot, wrong_tensors_are_refused) {
  Graph g, other;
  const Tensor x = g.placeholder("x", {2}), y = other.placeholder("y", {2});
  EXPECT_EQ(error_of({}), "diagram: there is nothing to draw");
  EXPECT_EQ(error_of({x, Tensor()}), "diagram: an empty Tensor cannot be drawn");
  EXPECT_EQ(error_of({x, y}), "diagram: \"x\" and \"y\" are of two graphs");
}

}  // namespace
}  // namespace gradus
