// Which nodes gradients() appends: compared as text.
#include <gradus/gradients.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/text.h>

#include "graph/graph_state.h"
#include "runtime/support.h"

namespace gradus {
namespace {

// The nodes that the last call appended.
std::string appended(const Graph& g, std::int64_t first) {
  const std::string all = to_text(g);
  std::string text;
  std::size_t begin = 0;
  for (std::int32_t i = 0; i < g.node_count(); ++i) {
    if (g.state().literal(NodeId{i}) != nullptr) continue;
    const std::size_t end = all.find('\n', begin) + 1;
    if (i >= first) text += all.substr(begin, end - begin);
    begin = end;
  }
  return text;
}

std::string appended_by_gradients(const Graph& g, const Tensor& y, const std::vector<Tensor>& xs,
                                  const std::vector<Tensor>& dy = {}) {
  const std::int64_t first = g.node_count();
  gradients(y, xs, {.grad_ys = dy});
  return appended(g, first);
}

TEST(GradientGraph, gradient_of_matmul_is_two_matmuls) {
  Graph g;
  const Tensor a = g.placeholder("a", {2, 3}), b = g.placeholder("b", {3, 4});
  const Tensor dc = g.placeholder("dc", {2, 4});
  EXPECT_EQ(
      appended_by_gradients(g, matmul(a, b), {a, b}, {dc}),
      "gradients/matmul = matmul(dc, b, transpose_a=false, transpose_b=true)  float32 [2, 3]\n"
      "gradients/matmul_1 = matmul(a, dc, transpose_a=true, transpose_b=false)  float32 [3, 4]\n");
}

TEST(GradientGraph, gradient_of_a_bias_is_summed_over_the_batch) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 4}), dy = g.placeholder("dy", {any_size, 4});
  const Variable b = g.variable("b", Array::zeros({4}));
  EXPECT_EQ(appended_by_gradients(g, x + b, {b}, {dy}),
            "gradients/sum_like = sum_like(dy, b)  float32 [4]\n");
}

TEST(GradientGraph, gradients_of_activations_are_one_node_that_reads_what_is_there) {
  Graph g;
  const Tensor x = g.placeholder("x", {3}), dy = g.placeholder("dy", {3});
  EXPECT_EQ(appended_by_gradients(g, elu(x, 0.5), {x}, {dy}),
            "gradients/elu_grad = elu_grad(dy, elu, alpha=0.5)  float32 [3]\n");
  EXPECT_EQ(appended_by_gradients(g, relu(x), {x}, {dy}),
            "gradients_1/relu_grad = relu_grad(dy, x)  float32 [3]\n");
  EXPECT_EQ(appended_by_gradients(g, sigmoid(x), {x}, {dy}),
            "gradients_2/sigmoid_grad = sigmoid_grad(dy, sigmoid)  float32 [3]\n");
  EXPECT_EQ(appended_by_gradients(g, tanh(x), {x}, {dy}),
            "gradients_3/tanh_grad = tanh_grad(dy, tanh)  float32 [3]\n");
}

TEST(GradientGraph, gradient_of_a_mean_is_one_over_the_count_of_the_run) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  EXPECT_EQ(appended_by_gradients(g, reduce_mean(x), {x}),
            "gradients/count_ratio = count_ratio(reduce_mean, x)  float32 []\n"
            "gradients/multiply = multiply(1, gradients/count_ratio)  float32 []\n"
            "gradients/expand_like = expand_like(gradients/multiply, x, axes=all, keepdims=false)  "
            "float32 [?, 3]\n");
}

TEST(GradientGraph, both_operands_of_x_times_x_contribute) {
  Graph g;
  const Tensor x = g.placeholder("x", {3}), dy = g.placeholder("dy", {3});
  EXPECT_EQ(appended_by_gradients(g, x * x, {x}, {dy}),
            "gradients/multiply_no_nan = multiply_no_nan(x, dy)  float32 [3]\n"
            "gradients/multiply_no_nan_1 = multiply_no_nan(x, dy)  float32 [3]\n"
            "gradients/add = add(gradients/multiply_no_nan, gradients/multiply_no_nan_1)  float32 "
            "[3]\n");
}

TEST(GradientGraph, gradient_of_x_plus_x_is_dy_plus_dy) {
  Graph g;
  const Tensor x = g.placeholder("x", {3}), dy = g.placeholder("dy", {3});
  EXPECT_EQ(appended_by_gradients(g, x + x, {x}, {dy}),
            "gradients/add = add(dy, dy)  float32 [3]\n");
}

TEST(GradientGraph, a_shared_value_sums_its_readers_before_it_hands_down) {
  Graph g;
  const Tensor x = g.placeholder("x", {3}), dy = g.placeholder("dy", {3});
  const Tensor h = exp(x);
  EXPECT_EQ(appended_by_gradients(g, tanh(h) + h, {x}, {dy}),
            "gradients/tanh_grad = tanh_grad(dy, tanh)  float32 [3]\n"
            "gradients/add = add(dy, gradients/tanh_grad)  float32 [3]\n"
            "gradients/multiply_no_nan = multiply_no_nan(exp, gradients/add)  float32 [3]\n");
}

TEST(GradientGraph, tied_weights_sum_the_gradients_of_encoder_and_decoder) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const Variable W = g.variable("W", Array::zeros({2, 3}));
  const Tensor code = matmul(x, W, {.transpose_b = true});
  const Tensor dy = g.placeholder("dy", {any_size, 3});
  EXPECT_EQ(
      appended_by_gradients(g, matmul(code, W), {W}, {dy}),
      "gradients/matmul = matmul(dy, W, transpose_a=false, transpose_b=true)  float32 [?, 2]\n"
      "gradients/matmul_1 = matmul(matmul, dy, transpose_a=true, transpose_b=false)  float32 [2, "
      "3]\n"
      "gradients/matmul_2 = matmul(gradients/matmul, x, transpose_a=true, transpose_b=false)  "
      "float32 [2, 3]\n"
      "gradients/add = add(gradients/matmul_1, gradients/matmul_2)  float32 [2, 3]\n");
}

TEST(GradientGraph, no_node_is_made_for_gradients_nobody_asked_for) {
  Graph g;
  const Tensor a = g.placeholder("a", {2, 3}), b = g.placeholder("b", {3, 4});
  const Tensor dc = g.placeholder("dc", {2, 4});
  EXPECT_EQ(
      appended_by_gradients(g, matmul(exp(a), b), {b}, {dc}),
      "gradients/matmul = matmul(exp, dc, transpose_a=true, transpose_b=false)  float32 [3, 4]\n");
}

TEST(GradientGraph, an_inner_node_can_be_x_and_nothing_below_it_is_differentiated) {
  Graph g;
  const Tensor x = g.placeholder("x", {3}), dy = g.placeholder("dy", {3});
  const Tensor h = exp(x);
  EXPECT_EQ(appended_by_gradients(g, -h, {h}, {dy}),
            "gradients/negative = negative(dy)  float32 [3]\n");
}

TEST(GradientGraph, gradient_of_x_with_respect_to_itself_is_the_upstream_gradient) {
  Graph g;
  const Tensor x = g.placeholder("x", {3}), dy = g.placeholder("dy", {3});
  EXPECT_EQ(gradient(x, x, {.grad_ys = {dy}}), dy);
  const Tensor scalar = g.placeholder("scalar", {});
  EXPECT_EQ(to_text(*g.state().literal(gradient(scalar, scalar).id())), "1");
}

TEST(GradientGraph, an_x_that_stands_twice_in_xs_gets_one_gradient_twice) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  const std::vector<Tensor> dx = gradients(exp(x), {x, x});
  ASSERT_EQ(dx.size(), 2u);
  EXPECT_EQ(dx[0], dx[1]);
}

TEST(GradientGraph, no_xs_give_no_gradients_and_no_nodes) {
  Graph g;
  const Tensor y = exp(g.placeholder("x", {}));
  EXPECT_EQ(appended_by_gradients(g, y, {}), "");
}

TEST(GradientGraph, nodes_carry_role_origin_and_line_of_the_node_they_differentiate) {
  Graph g;
  const Tensor x = g.placeholder("x", {3}), dy = g.placeholder("dy", {3});
  const Tensor h = exp({x, SourceLocation::current("model.cpp", 7)});
  const Tensor y = tanh({h, SourceLocation::current("model.cpp", 8)});
  const auto first = static_cast<std::int32_t>(g.node_count());
  gradients(y, {x}, {.grad_ys = {dy}}, user_line);
  std::vector<std::string> seen;
  for (std::int32_t i = first; i < g.node_count(); ++i) {
    const Node& node = g.state().node(NodeId{i});
    if (g.state().literal(NodeId{i})) continue;  // shared by the whole graph
    EXPECT_EQ(node.role, Role::gradient);
    seen.push_back(g.state().name(NodeId{i}) + " of " + g.state().name(node.origin) + " at " +
                   to_text(g.state().where(NodeId{i})));
  }
  EXPECT_THAT(seen, testing::ElementsAre("gradients/tanh_grad of tanh at model.cpp:8",
                                         "gradients/multiply_no_nan of exp at model.cpp:7"));
  EXPECT_EQ(g.state().node(exp(x).id()).role, Role::forward);  // the role has ended
}

TEST(GradientGraph, a_sum_belongs_to_the_value_whose_gradient_it_is) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  const Tensor h = exp({x, SourceLocation::current("model.cpp", 7)});
  const Tensor y = multiply({h, SourceLocation::current("model.cpp", 8)}, tanh(h));
  const Tensor dh = gradient(y, h);
  EXPECT_EQ(dh.op_name(), "add");
  EXPECT_EQ(g.state().node(dh.id()).origin, h.id());
  EXPECT_EQ(to_text(dh.where()), "model.cpp:7");
  const Tensor twice = gradients({h, h}, {h}, {}, user_line)[0];
  EXPECT_EQ(g.state().node(twice.id()).origin, h.id());
  EXPECT_EQ(to_text(twice.where()), "model.cpp:41");
}

TEST(GradientGraph, sums_of_seeds_and_zeros_belong_to_the_line_of_the_call) {
  Graph g;
  const Tensor x = g.placeholder("x", {}), other = g.placeholder("other", {2});
  const Tensor y = exp(x);
  const auto first = static_cast<std::int32_t>(g.node_count());
  const std::vector<Tensor> d =
      gradients({y, y}, {y, other}, {.unconnected = Unconnected::zero}, user_line);
  for (std::int32_t i = first; i < g.node_count(); ++i)
    EXPECT_EQ(to_text(g.state().where(NodeId{i})), "model.cpp:41") << g.state().name(NodeId{i});
}

TEST(GradientGraph, second_gradients_get_a_scope_of_their_own) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  const Tensor first = gradient(exp(x), x);
  EXPECT_EQ(first.name(), "gradients/multiply_no_nan");
  EXPECT_EQ(gradient(first, x).name(), "gradients_1/multiply_no_nan_1");
  const NameScope model = g.scope("model");
  EXPECT_EQ(gradient(tanh(x), x).name(), "model/gradients/tanh_grad");
}

TEST(GradientGraph, a_refused_call_adds_no_node_and_no_scope) {
  Graph g;
  const Tensor x = g.placeholder("x", {}), other = g.placeholder("other", {});
  const Tensor y = exp(x);
  const std::int64_t before = g.node_count();
  EXPECT_THROW(gradients(y, {x, other}), GraphError);
  EXPECT_EQ(g.node_count(), before);
  EXPECT_EQ(gradient(y, x).name(), "gradients/multiply_no_nan");
}

TEST(GradientGraph, of_some_parts_of_a_concat_is_a_slice_for_each_of_them) {
  Graph g;
  std::vector<Operand> parts;
  std::vector<Tensor> xs;
  for (std::int64_t size = 1; size <= 5; ++size) {
    const Tensor x = g.placeholder("x" + std::to_string(size), {size});
    parts.emplace_back(x);
    if (size % 2 == 0) xs.push_back(x);
  }
  const Tensor dy = g.placeholder("dy", {15});
  const std::int64_t before = g.node_count();
  const std::vector<Tensor> dx = gradients({concat(parts)}, xs, {.grad_ys = {dy}});
  EXPECT_EQ(g.node_count(), before + 1 + 2);
  EXPECT_EQ(call_text(dx[0]), "slice(dy, starts=[1], stops=[3], steps=[1])");
  EXPECT_EQ(call_text(dx[1]), "slice(dy, starts=[6], stops=[10], steps=[1])");
}

}  // namespace
}  // namespace gradus
