#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/basic_ae.h>
#include <gradus/error.h>
#include <gradus/explain.h>
#include <gradus/gradients.h>
#include <gradus/losses.h>
#include <gradus/op/op.h>
#include <gradus/ops.h>

#include "support/error_text.h"

namespace gradus {
namespace {

struct TinyAE {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 3});
  models::BasicAE ae{g, {3, 2}};
  Tensor loss = reconstruction_error(ae(x), x);
  Session session{g, {.seed = 1}};
  Array images{{0.5, -1, 2}, {1, 0.25, -0.5}};

  Explanation explained() { return explain(session, loss, {ae.W(), ae.b1()}, {{x, images}}); }
};

TEST(Explain, graph_of_the_user_gets_no_node) {
  TinyAE t;
  const std::int64_t before = t.g.node_count();
  t.explained();
  EXPECT_EQ(t.g.node_count(), before);
}

// Another run, other loops: sums may be rounded otherwise.
void expect_close(const Array& a, const Array& b) {
  ASSERT_EQ(a.shape(), b.shape());
  for (std::size_t i = 0; i < a.values<float>().size(); ++i)
    EXPECT_NEAR(a.values<float>()[i], b.values<float>()[i], 1e-6F) << i;
}

TEST(Explain, gradients_are_those_of_a_run) {
  TinyAE t;
  const Explanation e = t.explained();
  const std::vector<Array> d =
      t.session.run(gradients(t.loss, {t.ae.W(), t.ae.b1()}), {{t.x, t.images}});
  ASSERT_EQ(e.variables.size(), 2U);
  expect_close(e.variables[0].gradient, d[0]);
  expect_close(e.variables[1].gradient, d[1]);
}

TEST(Explain, tied_matrix_gets_one_contribution_of_the_decoder_and_one_of_the_encoder) {
  TinyAE t;
  const Explanation e = t.explained();
  const ExplainedVariable& W = e.variables[0];
  ASSERT_EQ(W.contributions.size(), 2U);
  EXPECT_EQ(W.contributions[0].label, "decoder");
  EXPECT_EQ(W.contributions[1].label, "encoder");
  const auto at = [&](std::size_t k) {
    return e.backward[W.contributions[k].step].contributions[W.contributions[k].contribution];
  };
  EXPECT_EQ(at(0).number, 1);
  EXPECT_EQ(at(1).number, 2);
  EXPECT_EQ(at(1).count, 2);
  EXPECT_EQ(at(0).sum, at(0).value);
  EXPECT_EQ(at(1).sum, W.gradient);
  for (std::size_t i = 0; i < 6; ++i)
    EXPECT_EQ(at(0).value.values<float>()[i] + at(1).value.values<float>()[i],
              W.gradient.values<float>()[i]);
}

TEST(Explain, differences_agree_with_the_gradients) {
  TinyAE t;
  for (const ExplainedVariable& v : t.explained().variables) {
    EXPECT_TRUE(v.check.ok()) << to_text(v.check);
    EXPECT_EQ(v.check.checked, v.value.size());
    EXPECT_EQ(std::ssize(v.differences), v.value.size());
    EXPECT_LT(v.check.worst.error, 1e-5);
  }
}

TEST(Explain, trace_is_written_as_this_text) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Variable w = g.variable("w", Array({2, 3}));
  const Tensor loss = reduce_sum(w * x * w);
  Session session(g);
  EXPECT_EQ(to_text(explain(session, loss, {w}, {{x, Array({1, -1})}})), R"(forward
    1. x
       shapes    [2]
       value     [1, -1]
    2. w
       shapes    [2]
       value     [2, 3]
    3. t1 = w * x
       shapes    [2] * [2] -> [2]
       value     [2, -3]
    4. t2 = t1 * w
       shapes    [2] * [2] -> [2]
       value     [4, -9]
    5. loss = sum(t2)
       shapes    sum([2]) -> []
       value     -5

backward
    6. dloss: received 1 of 1
       op        reduce_sum: loss = sum(t2)
       value     1
       dt2 += repeat(dloss)  (contribution 1 of 1)
         shapes  repeat([]) -> [2]
         value   [1, 1]
    7. dt2: received 1 of 1
       op        multiply: t2 = t1 * w
       value     [1, 1]
       dt1 += w * dt2  (contribution 1 of 1)
         shapes  [2] * [2] -> [2]
         value   [2, 3]
       dw += t1 * dt2  (contribution 1 of 2)
         shapes  [2] * [2] -> [2]
         value   [2, -3]
         sum     [2, -3]
    8. dt1: received 1 of 1
       op        multiply: t1 = w * x
       value     [2, 3]
       dw += x * dt1  (contribution 2 of 2)
         shapes  [2] * [2] -> [2]
         value   [2, -3]
         sum     [4, -6]

gradients
  dw
       multiply_1 [2, -3]
       multiply  [2, -3]
       sum       [4, -6]
       check     2 elements agree with differences within 0.001
)");
}

// The symbols of the parts, in the order of the forward pass.
std::vector<std::string> parts_of(const Explanation& e) {
  std::vector<std::string> parts;
  for (const ForwardStep& step : e.forward)
    if (step.whole != step.id) parts.push_back(step.symbol);
  return parts;
}

TEST(Explain, a_layer_is_one_formula_as_in_textbooks) {
  Graph g;
  Tensor x = g.placeholder("x", {2, 3}), h = g.placeholder("h", {2, 2});
  Variable W = g.variable("W", Array::full({2, 3}, 1)), U = g.variable("U", Array::full({2, 2}, 1)),
           b = g.variable("b", Array({1, 2}));
  Tensor of_x = matmul(x, W, {.transpose_b = true}), of_h = matmul(h, U);
  Tensor z = of_x + of_h + b;
  Session session(g);
  const Explanation e = explain(session, reduce_sum(z), {W, U, b},
                                {{x, Array::full({2, 3}, 1)}, {h, Array::full({2, 2}, 1)}});
  const ForwardStep& whole = *e.find(z.id());
  EXPECT_EQ(whole.text, "t1 = x W^T + h U + b");
  EXPECT_EQ(whole.latex, "t_{1} = x W^\\top + h U + b");
  EXPECT_EQ(whole.own_text, "t1 = t1_c + t1_d");
  EXPECT_EQ(whole.shapes, "[2, 3] [2, 3]^T + [2, 2] [2, 2] + [2] -> [2, 2]");
  EXPECT_EQ(parts_of(e), (std::vector<std::string>{"t1_a", "t1_b", "t1_c", "t1_d"}));
  for (const BackwardStep& step : e.backward)
    if (step.op == "matmul" && step.contributions[0].target == W.id()) {
      EXPECT_EQ(step.contributions[0].text, "dW += dt1^T x");
      EXPECT_EQ(step.contributions[0].own_text, "dW += dt1_a^T x");
    }
  // The text has one step of it on each way.
  const std::string text = to_text(e);
  EXPECT_EQ(text.find("_a"), text.npos) << text;
  EXPECT_NE(text.find("       dU += h^T dt1  (contribution 1 of 1)"), text.npos) << text;
}

TEST(Explain, what_has_a_name_or_two_readers_is_no_part) {
  Graph g;
  Tensor x = g.placeholder("x", {2, 2});
  Variable W = g.variable("W", Array::full({2, 2}, 1)), b = g.variable("b", Array({1, 2}));
  Tensor scores = named(matmul(x, W), "scores"), twice = matmul(x, W);
  Tensor loss = reduce_sum(scores + b) + reduce_sum((twice + b) * twice);
  Session session(g);
  const Explanation e = explain(session, loss, {W, b}, {{x, Array::full({2, 2}, 1)}});
  EXPECT_EQ(e.find(scores.id())->whole, scores.id());
  EXPECT_EQ(e.find(twice.id())->whole, twice.id());
  EXPECT_EQ(parts_of(e).size(), 2U);  // the repeated biases
}

// x gets its first contribution from the square, between the sum and the product.
TEST(Explain, contributions_come_in_the_order_of_the_backward_pass) {
  Graph g;
  Variable x = g.variable("x", Array::full({2, 2}, 1)), c = g.variable("c", Array::full({2, 2}, 1));
  Tensor product = matmul(x, c), other = square(x), sum = product + c;
  Session session(g);
  const Explanation e = explain(session, reduce_sum(sum) + reduce_sum(other), {x});
  EXPECT_EQ(parts_of(e), std::vector<std::string>{});
  const Explanation alone = explain(session, reduce_sum(sum), {x});
  EXPECT_EQ(parts_of(alone), std::vector<std::string>{"t1_a"});
}

TEST(Explain, steps_carry_rule_formula_and_shapes) {
  TinyAE t;
  const Explanation e = t.explained();
  const ExplainedVariable& W = e.variables[0];
  const ExplainedContribution& encoder =
      e.backward[W.contributions[1].step].contributions[W.contributions[1].contribution];
  EXPECT_EQ(encoder.text, "dW += dt1^T x");
  EXPECT_EQ(encoder.latex, "\\mathrm{d}W \\mathrel{+}= \\mathrm{d}t_{1}^\\top x");
  EXPECT_EQ(encoder.shapes, "[2, 2]^T [2, 3] -> [2, 3]");
  EXPECT_EQ(encoder.operand, 1U);
  EXPECT_EQ(encoder.rule, "db = a^T dc");
  EXPECT_EQ(encoder.remark, "summed over the batch that b has not");
}

TEST(Explain, variables_only_folds_the_steps_of_each_part) {
  TinyAE t;
  Explanation e = explain(t.session, t.loss, {t.ae.W(), t.ae.b1()}, {{t.x, t.images}},
                          {.variables_only = true});
  const std::string text = to_text(e);
  e.variables_only = false;
  const std::string all = to_text(e);
  EXPECT_TRUE(
      text.starts_with("forward\n"
                       "    1. 1 step\n"
                       "    2.-4. basic_ae: 3 steps\n"
                       "    5.-6. basic_ae/encoder: 2 steps\n"
                       "    7.-8. basic_ae/decoder: 2 steps\n"))
      << text;
  for (const char* kept : {"       dW += h1^T dt2  (contribution 1 of 2)\n",
                           "       dW += dt1^T x  (contribution 2 of 2)\n",
                           "       db1 += sum(dt1, axis=0)  (contribution 1 of 1)\n"}) {
    EXPECT_NE(text.find(kept), text.npos) << kept;
    EXPECT_NE(all.find(kept), all.npos) << kept;
  }
  EXPECT_EQ(text.find("dh1 +="), text.npos);
  EXPECT_NE(all.find("dh1 +="), all.npos);
  EXPECT_EQ(text.substr(text.find("\ngradients")), all.substr(all.find("\ngradients")));
}

TEST(Explain, large_values_are_written_as_shape_and_range) {
  Graph g;
  const Variable w = g.variable("w", Array({1, 2}));
  const Tensor x = g.placeholder("x", {any_size, 2});
  Session session(g);
  const Array ones = Array::full({100, 2}, 1);
  const std::string text =
      to_text(explain(session, reduce_sum(x * w), {w}, {{x, ones}}, {.checked_elements = 0}));
  EXPECT_NE(text.find("value     float32 [100, 2], 1 to 2\n"), std::string::npos) << text;
}

TEST(Explain, random_numbers_stay_as_they_were_drawn) {
  Graph g;
  const Variable w = g.variable("w", Array::full({50}, 1));
  Session session(g, {.seed = 3});
  const Explanation e = explain(session, reduce_sum(square(dropout(w, 0.5))), {w});
  EXPECT_TRUE(e.variables[0].check.ok()) << to_text(e.variables[0].check);
  EXPECT_EQ(e.variables[0].check.checked, 16);
}

TEST(Explain, node_in_the_middle_can_be_asked_for) {
  TinyAE t;
  const Tensor code = t.ae.encode(t.x);
  const Tensor loss = reconstruction_error(t.ae.decode(code), t.x);
  const Explanation e = explain(t.session, loss, {code}, {{t.x, t.images}});
  EXPECT_EQ(e.variables[0].gradient, t.session.run(gradient(loss, code), {{t.x, t.images}}));
  EXPECT_TRUE(e.variables[0].check.ok()) << to_text(e.variables[0].check);
}

TEST(Explain, wrong_gradient_differs) {
  Graph g;
  const Variable w = g.variable("w", Array(3));
  const auto twice = [](const Tensor& dy, const Tensor&, std::span<const Tensor>) {
    return 2 * dy;
  };
  Session session(g);
  const Explanation e = explain(session, custom_gradient(square(w), {{w, twice}}), {w});
  EXPECT_FALSE(e.variables[0].check.ok());
  EXPECT_NE(to_text(e).find("1 element differs from differences, worst error 0.67"),
            std::string::npos);
}

extern constexpr Op single_op{
    .name = "single",
    .doc = "Square of a float32: y = x^2.",
    .operands = {"x"},
    .shape = [](Shape x) { return x; },
    .dtype = [](const Call& f, DType x) -> DType {
      if (x != float32) f.fail_dtype("operands must be float32");
      return x;
    },
    .kernel = elementwise<1>([](auto x) { return x * x; }),
    .gradient = {[](Tensor dy, Tensor x) { return dy * (2 * x); }},
    .gradient_text = {"dx = 2 x dy"},
};
static_assert(single_op.is_well_formed());

TEST(Explain, op_without_float64_is_checked_in_float32) {
  Graph g;
  const Variable w = g.variable("w", Array({2, 3}));
  const Operand operand(w);
  Session session(g);
  const Explanation e = explain(session, reduce_sum(add_node(single_op, {&operand})), {w});
  EXPECT_TRUE(e.variables[0].check.ok()) << to_text(e.variables[0].check);
  EXPECT_EQ(e.variables[0].check.checked, 2);
  EXPECT_EQ(e.forward.back().text, "loss = sum(t1)");
  EXPECT_EQ(e.forward[1].latex, "t_{1} = \\operatorname{single}(w)");
}

TEST(Explain, deep_chain_is_explained) {
  Graph g;
  const Variable w = g.variable("w", Array(0.5));
  Tensor y = w;
  for (int i = 0; i < 20000; ++i) y = tanh(y);
  Session session(g);
  const Explanation e = explain(session, y, {w}, {}, {.checked_elements = 1});
  EXPECT_EQ(e.backward.size(), 20000U);
  EXPECT_TRUE(e.variables[0].check.ok());
}

TEST(Explain, wrong_arguments_are_refused) {
  Graph g, other;
  const SourceLocation line = SourceLocation::current("model.cpp", 41);
  const Tensor x = g.placeholder("x", {2});
  const Variable w = g.variable("w", Array({2, 3})), unused = g.variable("unused", Array(1));
  const Variable foreign = other.variable("foreign", Array(1));
  const Tensor loss = reduce_sum(w * x);
  Session session(g);
  const auto message = [&]<class Error>(Error*, const Tensor& y, const std::vector<Tensor>& xs,
                                        const std::vector<Feed>& feeds) {
    return error_text<Error>([&] { explain(session, y, xs, feeds, {}, line); });
  };
  GraphError* graph = nullptr;
  FeedError* feed = nullptr;
  const std::vector<Feed> feeds{{x, Array({1, 2})}};
  EXPECT_EQ(message(graph, Tensor(), {w}, feeds),
            "explain: the loss is an empty Tensor\n  at  model.cpp:41");
  EXPECT_EQ(message(graph, loss, {}, feeds), "explain: there are no variables\n  at  model.cpp:41");
  EXPECT_EQ(message(graph, loss, {Tensor()}, feeds),
            "explain: a variable is an empty Tensor\n  at  model.cpp:41");
  EXPECT_EQ(message(graph, loss, {foreign}, feeds),
            "explain: variable \"foreign\" is of another graph than the loss \"reduce_sum\"\n"
            "  at  model.cpp:41");
  EXPECT_EQ(message(graph, w * x, {w}, feeds),
            "explain: the loss \"multiply_1\" has shape [2], a scalar is needed\n"
            "  at  model.cpp:41");
  EXPECT_EQ(message(graph, reduce_sum(assign(w, 2 * w)), {w}, feeds),
            "explain: the loss \"reduce_sum_1\" assigns the variable \"w\"\n  at  model.cpp:41");
  EXPECT_EQ(message(graph, loss, {unused}, feeds),
            "gradients: no path leads from x \"unused\" to y \"reduce_sum\"\n  at  model.cpp:41");
  EXPECT_EQ(message(feed, loss, {w}, {}),
            "run: no value is fed for placeholder \"x\" float32 [2]\n  at  model.cpp:41");
}

}  // namespace
}  // namespace gradus
