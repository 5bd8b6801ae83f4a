// What each pass does to a graph, as text; and that values stay what they are, whichever passes
// run.
#include <algorithm>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include <gradus/gradients.h>
#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/pass_trace.h>
#include <gradus/text.h>

#include "support.h"

namespace gradus {
namespace {

// The graph after the last time that a pass changed something; "" if it never did.
std::string after(std::string_view pass, const Tensor& fetch, const std::vector<Feed>& feeds = {}) {
  std::string text;
  for (const PassTrace& trace : trace_passes({fetch}, feeds))
    if (trace.name == pass) text = listing(trace.results);
  return text;
}
std::vector<std::string> rules_of(const Tensor& fetch, const std::vector<Feed>& feeds = {}) {
  std::vector<std::string> rules;
  for (const PassTrace& trace : trace_passes({fetch}, feeds))
    for (const PassTrace::Rewriting& r : trace.rewritings) rules.emplace_back(r.rule);
  return rules;
}

TEST(Passes, prune_keeps_what_is_fetched_in_the_shapes_of_the_run) {
  Graph g;
  const Tensor x = g.placeholder("x", {any, 3});
  exp(x);
  EXPECT_EQ(after("prune", tanh(x), {{x, Array({2, 3})}}),
            "x = placeholder  float32 [2, 3]\n"
            "tanh = tanh(x)  float32 [2, 3]\n");
}

TEST(Passes, prune_leaves_a_shape_of_what_is_not_computed) {
  Graph g;
  const Tensor x = g.placeholder("x", {any});
  EXPECT_EQ(after("prune", ones_like(exp(x)), {{x, Array({2})}}),
            "exp = shape()  float32 [2]\n"
            "full_like = full_like(exp, alpha=1)  float32 [2]\n");
}

TEST(Passes, fold_computes_what_depends_on_constants_alone) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Tensor c = g.constant({1, 2}) + g.constant({3, 4});
  EXPECT_EQ(after("fold", c * x, {{x, Array({2})}}),
            "x = placeholder  float32 [2]\n"
            "add = constant(value=[4, 6])  float32 [2]\n"
            "multiply = multiply(add, x)  float32 [2]\n");
}

TEST(Passes, merge_computes_equal_nodes_once) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  EXPECT_EQ(after("merge", exp(x) + exp(x), {{x, Array({2})}}),
            "x = placeholder  float32 [2]\n"
            "exp = exp(x)  float32 [2]\n"
            "add = add(exp, exp)  float32 [2]\n");
}

TEST(Passes, merge_leaves_random_numbers_apart) {
  Graph g;
  EXPECT_EQ(after("merge", random_uniform(g, {2}) + random_uniform(g, {2})), "");
}

TEST(Passes, simplify_makes_transposes_flags) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 3}), y = g.placeholder("y", {2, 4});
  EXPECT_EQ(after("simplify", matmul(transpose(x), y), {{x, Array({2, 3})}, {y, Array({2, 4})}}),
            "x = placeholder  float32 [2, 3]\n"
            "y = placeholder  float32 [2, 4]\n"
            "matmul = matmul(x, y, transpose_a=true, transpose_b=false)  float32 [3, 4]\n");
}

TEST(Passes, simplify_turns_the_gradient_of_a_mean_into_a_number) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 4});
  const Tensor d = gradient(reduce_mean(reduce_sum(square(x), 1)), x);
  EXPECT_EQ(after("simplify", d, {{x, Array({2, 4})}}),
            "x = placeholder  float32 [2, 4]\n");
}

TEST(Passes, simplify_leaves_exp_alone_of_the_gradient_of_its_sum) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 4});
  EXPECT_EQ(after("simplify", gradient(reduce_sum(exp(x)), x), {{x, Array({2, 4})}}),
            "x = placeholder  float32 [2, 4]\n"
            "exp = exp(x)  float32 [2, 4]\n");
}

TEST(Passes, place_products_makes_a_step_of_sgd_one_node) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 3});
  const Variable W = g.variable("W", Array({4, 3}));
  const Tensor h = matmul(x, W, {.transpose_b = true});
  const Tensor loss = reduce_sum(square(matmul(h, W) - x)) + 0.5 * reduce_sum(square(W));
  const Tensor step = assign(W, W - 0.125 * gradient(loss, W));
  const std::string text = after("place_products", step, {{x, Array({2, 3})}});
  EXPECT_NE(text.find("scale=-0.125, decay=0.875, transposed=[1, 0, 1, 0])  float32 [4, 3]"),
            std::string::npos)
      << text;
}

TEST(Passes, fuse_makes_a_bias_an_activation_and_a_loss_one_loop) {
  Graph g;
  const Tensor x = g.placeholder("x", {4, 3});
  const Variable b = g.variable("b", Array({3}));
  const Tensor y = elu(x + b);
  const std::vector<Tensor> d = gradients(reduce_sum(square(y - 1)), {b});
  const std::vector<PassTrace> traces = trace_passes({d[0]}, {{x, Array({4, 3})}});
  const std::vector<std::int32_t>& steps = traces.back().steps;
  EXPECT_EQ(*std::ranges::max_element(steps), 0);
  EXPECT_EQ(traces.back().name, "fuse");
}

TEST(Passes, tell_which_rule_changed_a_node) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  EXPECT_EQ(rules_of(-(-x), {{x, Array({2})}}), std::vector<std::string>{"-(c x) = (-c) x"});
}

TEST(Passes, each_alone_and_all_together_keep_every_value) {
  Graph g;
  const Tensor x = g.placeholder("x", {any, 30});
  const Variable W = g.variable("W", random_array({20, 30}, "W", -0.1, 0.1, float32));
  const Variable b = g.variable("b", random_array({20}, "b", -0.1, 0.1, float32));
  const Tensor h = elu(matmul(x, W, {.transpose_b = true}) + b);
  const Tensor loss =
      reduce_mean(reduce_sum(square(matmul(h, W) - x), 1)) + 1e-2 * reduce_sum(square(W));
  const std::vector<Tensor> d = gradients(loss, {W, b});
  const Tensor step = group({assign(W, W - 1e-2 * d[0]), assign(b, b - 1e-2 * d[1])});
  const Array batch = random_array({10, 30}, "x", -1, 1, float32);
  const auto trained = [&](const Passes& passes) {
    Session session(g, {.threads = 2, .passes = passes});
    for (int i = 0; i < 5; ++i) session.run(step, {{x, batch}});
    return session.value(W);
  };
  constexpr Passes none{.fold = false,
                        .merge = false,
                        .simplify = false,
                        .place_products = false,
                        .fuse = false,
                        .split_rows = false};
  const Array expected = trained(none);
  std::vector<Passes> some(7);
  some[0].fold = some[1].merge = some[2].simplify = some[3].place_products = some[4].fuse =
      some[5].split_rows = false;
  for (const Passes& passes : some) {
    const Array found = trained(passes);
    for (std::size_t i = 0; i < found.values<float>().size(); ++i)
      ASSERT_NEAR(found.values<float>()[i], expected.values<float>()[i], 2e-7);
  }
}

}  // namespace
}  // namespace gradus
