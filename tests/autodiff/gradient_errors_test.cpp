#include <gtest/gtest.h>

#include <gradus/error.h>
#include <gradus/gradients.h>
#include <gradus/graph.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/ops.h>

#include "runtime/support.h"

namespace gradus {
namespace {

// y = x, in four records that an author of an op could get wrong.
constexpr Op without_rule{
    .name = "without_rule", .doc = "x.", .operands = {"x"}, .kernel = IsView{}};
constexpr Op rule_without_result{.name = "rule_without_result",
                                 .doc = "x.",
                                 .operands = {"x"},
                                 .kernel = IsView{},
                                 .gradient = {[](Tensor, Tensor) -> Tensor { return {}; }},
                                 .gradient_text = {""}};
constexpr Op rule_of_other_shape{.name = "rule_of_other_shape",
                                 .doc = "x.",
                                 .operands = {"x"},
                                 .kernel = IsView{},
                                 .gradient = {[](Tensor dy, Tensor) { return reduce_sum(dy, 0); }},
                                 .gradient_text = {""}};
constexpr Op rule_of_other_dtype{.name = "rule_of_other_dtype",
                                 .doc = "x.",
                                 .operands = {"x"},
                                 .kernel = IsView{},
                                 .gradient = {[](Tensor dy, Tensor) { return cast(dy, float64); }},
                                 .gradient_text = {""}};
static_assert(without_rule.is_well_formed() && rule_without_result.is_well_formed());
static_assert(rule_of_other_shape.is_well_formed() && rule_of_other_dtype.is_well_formed());

Tensor apply(const Op& op, const Operand& x) { return add_node(op, {&x}); }

template <class Error>
std::string refusal(const std::vector<Tensor>& ys, const std::vector<Tensor>& xs,
                    const GradientOptions& options = {}) {
  return message_of<Error>([&] { gradients(ys, xs, options, user_line); });
}

TEST(GradientErrors, an_x_without_a_path_is_named) {
  Graph g;
  const Tensor x = g.placeholder("x", {}), other = g.placeholder("other", {});
  EXPECT_EQ(refusal<GraphError>({exp(x)}, {x, other}),
            "gradients: no path leads from x \"other\" to y \"exp\"" + at_user_line);
}

TEST(GradientErrors, an_x_that_was_made_after_y_has_no_path) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  const Tensor y = exp(x);
  EXPECT_EQ(refusal<GraphError>({y}, {tanh(x)}),
            "gradients: no path leads from x \"tanh\" to y \"exp\"" + at_user_line);
}

TEST(GradientErrors, no_gradient_passes_stop_gradient_integers_and_conditions) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const auto text = [&](const Tensor& y) { return refusal<GraphError>({y}, {x}); };
  const auto blocked_by = [&](const Tensor& y, const std::string& op, const std::string& node) {
    EXPECT_EQ(text(y), "gradients: no gradient of y \"" + y.name() + "\" comes to x \"x\": op \"" +
                           op + "\" of node \"" + node + "\" lets none through" + at_user_line);
  };
  blocked_by(reduce_sum(stop_gradient(x)), "stop_gradient", "stop_gradient");
  blocked_by(reduce_sum(cast(cast(x, int32), float32)), "cast", "cast");
  blocked_by(exp(cast(argmax(tanh(x)), float32)), "argmax", "argmax");
  blocked_by(reduce_sum(where(x > 0, g.constant({1, 1}), 0)), "greater", "greater");
}

TEST(GradientErrors, a_y_of_higher_rank_needs_an_upstream_gradient) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  EXPECT_EQ(refusal<GraphError>({exp(x)}, {x}),
            "gradients: \"exp\" has shape [?, 3]: only a scalar needs no upstream gradient "
            "(grad_ys)" +
                at_user_line);
}

TEST(GradientErrors, integers_have_no_gradients) {
  Graph g;
  const Tensor x = g.placeholder("x", {}), n = g.placeholder("n", {}, int64);
  EXPECT_EQ(refusal<DTypeError>({cast(x, int32)}, {x}),
            "gradients: y \"cast\" is int32, not float32 or float64" + at_user_line);
  EXPECT_EQ(refusal<DTypeError>({exp(x)}, {x, n}),
            "gradients: x \"n\" is int64, not float32 or float64" + at_user_line);
}

TEST(GradientErrors, upstream_gradients_match_their_ys) {
  Graph g, other;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const Tensor y = exp(x);
  EXPECT_EQ(refusal<GraphError>({y, y}, {x}, {.grad_ys = {y}}),
            "gradients: 1 upstream gradients for 2 ys" + at_user_line);
  EXPECT_EQ(
      refusal<ShapeError>({y}, {x}, {.grad_ys = {g.placeholder("narrow", {5, 2})}}),
      "gradients: the upstream gradient of \"exp\" has shape [5, 2], not [?, 3]" + at_user_line);
  EXPECT_EQ(refusal<ShapeError>({y}, {x}, {.grad_ys = {g.placeholder("flat", {3})}}),
            "gradients: the upstream gradient of \"exp\" has shape [3], not [?, 3]" + at_user_line);
  EXPECT_EQ(refusal<DTypeError>({y}, {x}, {.grad_ys = {g.placeholder("wide", {5, 3}, float64)}}),
            "gradients: the upstream gradient of \"exp\" is float64, not float32" + at_user_line);
  EXPECT_EQ(refusal<GraphError>({y}, {x}, {.grad_ys = {other.placeholder("dy", {5, 3})}}),
            "gradients: upstream gradient \"dy\" is of another graph" + at_user_line);
  EXPECT_EQ(refusal<GraphError>({y}, {x}, {.grad_ys = {Tensor()}}),
            "gradients: upstream gradient is an empty Tensor" + at_user_line);
}

TEST(GradientErrors, an_upstream_gradient_may_know_other_dimensions_than_y) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  EXPECT_EQ(refusal<GraphError>({exp(x)}, {x}, {.grad_ys = {g.placeholder("dy", {2, any_size})}}),
            "no error");
}

TEST(GradientErrors, empty_handles_and_other_graphs_are_refused) {
  Graph g, other;
  const Tensor x = g.placeholder("x", {}), foreign = other.placeholder("foreign", {});
  EXPECT_EQ(refusal<GraphError>({}, {x}),
            "gradients: there is nothing to differentiate" + at_user_line);
  EXPECT_EQ(refusal<GraphError>({Tensor()}, {x}), "gradients: y is an empty Tensor" + at_user_line);
  EXPECT_EQ(refusal<GraphError>({x}, {Tensor()}), "gradients: x is an empty Tensor" + at_user_line);
  EXPECT_EQ(refusal<GraphError>({x}, {foreign}),
            "gradients: x \"foreign\" is of another graph" + at_user_line);
  EXPECT_EQ(refusal<GraphError>({x, foreign}, {x}),
            "gradients: y \"foreign\" is of another graph" + at_user_line);
}

TEST(GradientErrors, an_op_on_the_path_without_rule_is_named) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  EXPECT_EQ(refusal<GraphError>({exp(apply(without_rule, x))}, {x}),
            "gradients: op \"without_rule\" of node \"without_rule\" has no gradient rule" +
                at_user_line);
}

TEST(GradientErrors, an_op_without_rule_beside_the_path_does_not_matter) {
  Graph g;
  const Tensor x = g.placeholder("x", {}), z = g.placeholder("z", {});
  EXPECT_EQ(refusal<GraphError>({x * apply(without_rule, z)}, {x}), "no error");
}

TEST(GradientErrors, what_a_rule_makes_must_fit_its_operand) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 3}), dy = g.placeholder("dy", {2, 3});
  const auto message = [&](const Op& op) {
    return refusal<GraphError>({apply(op, x)}, {x}, {.grad_ys = {dy}});
  };
  EXPECT_EQ(message(rule_without_result),
            "gradients: the rule of op \"rule_without_result\" made no tensor" + at_user_line);
  EXPECT_EQ(
      message(rule_of_other_shape),
      "gradients: the rule of op \"rule_of_other_shape\" made float32 [3] for \"x\", which is "
      "float32 [2, 3]" +
          at_user_line);
  EXPECT_EQ(
      message(rule_of_other_dtype),
      "gradients: the rule of op \"rule_of_other_dtype\" made float64 [2, 3] for \"x\", which "
      "is float32 [2, 3]" +
          at_user_line);
}

TEST(GradientErrors, what_a_rule_makes_must_be_of_the_same_graph) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  const auto foreign = [](const Tensor&, const Tensor&, std::span<const Tensor>) {
    return Graph().placeholder("foreign", {});
  };
  EXPECT_EQ(refusal<GraphError>({custom_gradient(exp(x), {{x, foreign}})}, {x}),
            "gradients: the rule of op \"custom_gradient\" made a tensor of another graph" +
                at_user_line);
}

TEST(GradientErrors, a_failed_rule_leaves_the_graph_usable) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 3}), dy = g.placeholder("dy", {2, 3});
  EXPECT_THROW(gradient(apply(rule_without_result, x), x, {.grad_ys = {dy}}), GraphError);
  EXPECT_EQ(exp(x).name(), "exp");
  EXPECT_EQ(gradient(exp(x), x, {.grad_ys = {dy}}).name(), "gradients_1/multiply_no_nan");
}

TEST(GradientErrors, the_line_is_the_callers_by_default) {
  Graph g;
  const Tensor x = g.placeholder("x", {}), other = g.placeholder("other", {});
  const Tensor y = exp(x);
  const auto call = [&] { gradient(y, other); };
  const SourceLocation below = SourceLocation::current();
  EXPECT_EQ(message_of<GraphError>(call),
            at_line("gradients: no path leads from x \"other\" to y \"exp\"",
                    SourceLocation::current(below.file(), below.line() - 1)));
}

}  // namespace
}  // namespace gradus
