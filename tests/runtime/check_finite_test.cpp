// SessionOptions::check_finite: where NaN and infinity arose.
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/failed_call.h>
#include <gradus/gradients.h>
#include <gradus/gradus.h>

#include "support.h"
#include "support/environment.h"

namespace gradus {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr SourceLocation run_line = SourceLocation::current("train.cpp", 7);

// What a session that checks says of a run; the interpreter must say the same.
std::string refusal(const Tensor& fetch, const std::vector<Feed>& feeds = {}) {
  const Graph g(fetch.shared_state());
  const auto with = [&](bool interpret) {
    Session session(g, {.seed = 5, .threads = 1, .interpret = interpret, .check_finite = true});
    return message_of<NumericsError>([&] { session.run(fetch, feeds, run_line); });
  };
  const std::string text = with(false);
  EXPECT_EQ(text, with(true));
  return text;
}

Operand at_line_of_user(const Tensor& x) { return Operand(x, user_line); }

TEST(CheckFinite, names_the_log_of_negative_numbers) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const Tensor loss = named(reduce_mean(square(log(at_line_of_user(x)) + 1)), "loss");
  EXPECT_EQ(refusal(loss, {{x, Array({{1, 2, 3}, {4, -5, -6}})}}),
            "run: the result of log has 2 NaN of 6 elements, the first at [1, 1]; so \"loss\" is "
            "nan\n"
            "  at  model.cpp:41, node \"log\"\n"
            "  x   \"x\"  float32 [2, 3]  from -6 to 4");
}

TEST(CheckFinite, names_a_quotient_of_zeros_with_both_operands) {
  Graph g;
  const Tensor x = g.placeholder("x", {2}), wide = g.placeholder("wide_one", {2});
  const Tensor y = at_line_of_user(x) / wide;
  EXPECT_EQ(
      refusal(y * 0.5, {{x, Array({0, 1})}, {wide, Array({0, 2})}}),
      "run: the result of divide has 1 NaN of 2 elements, the first at [0]; so \"multiply\" has 1 "
      "NaN of 2 elements, the first at [0]\n"
      "  at  model.cpp:41, node \"divide\"\n"
      "  a   \"x\"         float32 [2]  from 0 to 1\n"
      "  b   \"wide_one\"  float32 [2]  from 0 to 2");
}

TEST(CheckFinite, names_what_overflows) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Tensor y = 1 / (1 + exp(at_line_of_user(x)));
  EXPECT_EQ(
      refusal(exp(at_line_of_user(x)), {{x, Array({1, 89})}}),
      "run: the result of exp has 1 infinite of 2 elements, the first at [1]; so \"exp_1\" has 1 "
      "infinite of 2 elements, the first at [1]\n"
      "  at  model.cpp:41, node \"exp_1\"\n"
      "  x   \"x\"  float32 [2]  from 1 to 89");
  // What infinity came to nothing later is no fault.
  EXPECT_EQ(refusal(y, {{x, Array({1, 89})}}), "no error");
}

TEST(CheckFinite, tells_a_feed_and_a_variable_that_hold_nan_from_what_is_computed) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 2});
  const Variable w = g.variable("w", Array({1, 1}), true, user_line);
  const Tensor y = reduce_sum(x * w);
  EXPECT_EQ(
      refusal(y, {{x, Array({{1, 2}, {nan, infinity}})}}),
      "run: the feed of \"x\" has 1 NaN and 1 infinite of 4 elements, the first at [1, 0]; so "
      "\"reduce_sum\" is nan\n  at  train.cpp:7");
  Session session(g, {.threads = 1, .check_finite = true});
  session.set(w, Array({1, nan}));
  EXPECT_EQ(
      message_of<NumericsError>([&] {
        session.run(y, {{x, Array({{1, 2}, {3, 4}})}}, run_line);
      }),
      "run: the variable \"w\" has 1 NaN of 2 elements, the first at [1]; so \"reduce_sum\" is "
      "nan\n  at  model.cpp:41, node \"w\"");
  EXPECT_EQ(refusal(reduce_sum(g.constant(Array({1, nan}), user_line) + 1)),
            "run: the constant \"constant\" has 1 NaN of 2 elements, the first at [1]; so "
            "\"reduce_sum_1\" is nan\n  at  model.cpp:41, node \"constant\"");
}

TEST(CheckFinite, names_the_users_op_of_a_gradient) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Tensor y = sqrt(at_line_of_user(x));
  EXPECT_EQ(refusal(gradient(reduce_sum(y * y), x), {{x, Array({4, 0})}}), "no error");
  EXPECT_EQ(refusal(gradient(reduce_sum(y), x) * 2, {{x, Array({4, 0})}}),
            "run: the result of xdivy has 1 infinite of 2 elements, the first at [1]; so "
            "\"multiply_1\" has 1 infinite of 2 elements, the first at [1]\n"
            "  at  model.cpp:41, node \"gradients_1/xdivy\", of the gradient of \"sqrt\"\n"
            "  a   \"gradients_1/expand_like\"  float32 [2]  from 1 to 1\n"
            "  b   \"gradients_1/multiply\"     float32 [2]  from 0 to 4");
}

// log makes NaN, too, and comes first, but `where` hides it.
TEST(CheckFinite, looks_for_what_came_to_the_fetch) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Tensor hidden = where(x > 0, log(x), 0);
  const Tensor y = hidden + exp(at_line_of_user(x * 50));
  EXPECT_EQ(refusal(y, {{x, Array({-1, 1})}}), "no error");
  EXPECT_EQ(
      refusal(y, {{x, Array({-1, 2})}}),
      "run: the result of exp has 1 infinite of 2 elements, the first at [1]; so \"add\" has 1 "
      "infinite of 2 elements, the first at [1]\n"
      "  at  model.cpp:41, node \"exp\"\n"
      "  x   \"multiply\"  float32 [2]  from -50 to 100");
}

// Infinity that somebody means, and NaN that comes of it.
TEST(CheckFinite, tells_where_infinity_became_nan) {
  Graph g;
  const Tensor mask = g.placeholder("mask", {2, 2}, boolean);
  const Tensor scores = g.constant({{1, 2}, {3, 4}});
  const Tensor masked =
      where(mask, scores, Operand(-infinity, SourceLocation::current("mask.cpp", 3)));
  const Tensor y = softmax(at_line_of_user(masked));
  EXPECT_EQ(refusal(y, {{mask, Array({{true, false}, {false, true}}, boolean)}}), "no error");
  EXPECT_EQ(refusal(y, {{mask, Array({{true, false}, {false, false}}, boolean)}}),
            "run: the constant \"constant_1\" is -inf; so \"softmax\" has 2 NaN of 4 elements, the "
            "first at [1, 0]\n"
            "  at  mask.cpp:3, node \"constant_1\"\n"
            "later the result of softmax has 2 NaN of 4 elements, the first at [1, 0]\n"
            "  at  model.cpp:41, node \"softmax\"\n"
            "  x   \"where\"  float32 [2, 2]  from 1 to 1, and 3 infinite");
}

TEST(CheckFinite, leaves_variables_as_they_were) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Variable a = g.variable("a", Array({1, 2})), b = g.variable("b", Array({3, 4}));
  const Tensor step = group({assign(a, b * 2), assign(b, log(at_line_of_user(x)))});
  Session session(g, {.threads = 1, .check_finite = true}), other(g, {.threads = 1});
  EXPECT_EQ(message_of<NumericsError>([&] {
              session.run(step, {{x, Array({1, -1})}});
            }),
            "run: the result of log has 1 NaN of 2 elements, the first at [1]; so the new value of "
            "\"b\" has 1 NaN of 2 elements, the first at [1]\n"
            "  at  model.cpp:41, node \"log\"\n"
            "  x   \"x\"  float32 [2]  from -1 to 1");
  EXPECT_EQ(session.value(a), Array({1, 2}));
  EXPECT_EQ(session.value(b), Array({3, 4}));
  EXPECT_EQ(session.random_state().run_count, 1u);
  session.run(step, {{x, Array({1, 1})}});
  EXPECT_EQ(session.value(a), Array({6, 8}));
  EXPECT_EQ(session.value(b), Array({0, 0}));
  // Who does not ask for it gets NaN as before.
  other.run(step, {{x, Array({1, -1})}});
  EXPECT_EQ(to_text(other.value(b)), "[0, nan]");
}

// Descent, which is one product into the variable where nobody checks.
TEST(CheckFinite, leaves_variables_as_they_were_that_steps_change_in_place) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const Variable W = g.variable("W", random_array({3, 2}, "W", -1, 1, float32));
  const Tensor loss = reduce_mean(square(matmul(x, W)));
  const Tensor step = SGD({.learning_rate = 0.1}).minimize(loss);
  Session session(g, {.threads = 1, .check_finite = true}), unchecked(g, {.threads = 1});
  const Array good = random_array({4, 3}, "x", -1, 1, float32), bad = Array::full({4, 3}, 1e30);
  for (int i = 0; i < 3; ++i) {
    session.run(step, {{x, good}});
    unchecked.run(step, {{x, good}});
  }
  EXPECT_EQ(session.value(W), unchecked.value(W));
  EXPECT_THROW(session.run(step, {{x, bad}}), NumericsError);
  EXPECT_EQ(session.value(W), unchecked.value(W));
}

// The square of the gradient, which only Adam keeps; the weight itself would stay finite.
TEST(CheckFinite, names_what_overflows_in_a_step_of_adam) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  const Variable w = g.variable("w", Array(1));
  const Tensor step = Adam{}.minimize(x * w);
  Session session(g, {.threads = 1, .check_finite = true});
  session.run(step, {{x, Array(3)}});
  std::vector<Array> before, after;
  for (const Variable& v : g.variables()) before.push_back(session.value(v));
  const std::string text = message_of<NumericsError>([&] {
    session.run(step, {{x, Array(1e20)}});
  });
  EXPECT_TRUE(text.starts_with(
      "run: the result of square is inf; so the new value of \"adam/w/v\" is inf\n"))
      << text;
  EXPECT_TRUE(
      text.ends_with("node \"adam/square\"\n"
                     "  x   \"gradients/multiply\"  float32 []  1e+20"))
      << text;
  for (const Variable& v : g.variables()) after.push_back(session.value(v));
  EXPECT_EQ(after, before);
}

// The second computation has the numbers of the first.
TEST(CheckFinite, sees_the_random_numbers_of_the_run) {
  Graph g;
  const Tensor r = random_uniform(g, {1000}, -1, 1);
  const Tensor kept = dropout(r, 0.5);
  const Tensor y = sqrt(kept);
  Session session(g, {.seed = 3, .threads = 1, .check_finite = true}), same(g, {.seed = 3});
  const Tensor negative = reduce_sum(cast(kept < 0, int32));
  for (int run = 0; run < 2; ++run) {
    const std::string text = message_of<NumericsError>([&] { session.run(y); });
    const std::vector<Array> seen = same.run({negative, reduce_min(kept), reduce_max(kept)});
    EXPECT_NE(text.find("has " + to_text(seen[0]) + " NaN of 1000 elements"), text.npos) << text;
    EXPECT_NE(text.find("from " + to_text(seen[1]) + " to " + to_text(seen[2])), text.npos) << text;
  }
}

TEST(CheckFinite, takes_integers_and_truth_values_as_finite) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Variable n = g.variable("n", Array({1, 2}, int32));
  Session session(g, {.threads = 1, .check_finite = true});
  const std::vector<Array> seen =
      session.run({assign(n, cast(x, int32)), is_nan(x), argmax(x)}, {{x, Array({nan, infinity})}});
  EXPECT_EQ(seen[1], Array({true, false}, boolean));
  EXPECT_EQ(session.run(n + 0), session.value(n));
  const Tensor y = where(at_line_of_user(x > 0), Operand(1, user_line) / cast(n, float32), 0);
  session.set(n, Array({0, 1}, int32));
  EXPECT_EQ(
      message_of<NumericsError>([&] {
        session.run(y, {{x, Array({1, 1})}});
      }),
      "run: the result of divide has 1 infinite of 2 elements, the first at [0]; so \"where\" has "
      "1 infinite of 2 elements, the first at [0]\n"
      "  at  model.cpp:41, node \"divide\"\n"
      "  a   1         float32 []  1\n"
      "  b   \"cast_1\"  float32 [2]  from 0 to 1");
}

TEST(CheckFinite, says_so_where_memory_is_short) {
  const EnvironmentVariable all("GRADUS_PASSES_OFF", ""), compiled("GRADUS_INTERPRET", "0");
  Graph g;
  const Tensor x = g.placeholder("x", {1024});
  Session session(g, {.threads = 1, .memory_limit = 4096, .check_finite = true});
  EXPECT_EQ(
      message_of<NumericsError>([&] {
        session.run(log(log(x)), {{x, Array::zeros({1024})}}, run_line);
      }),
      "run: \"log_1\" has 1024 NaN of 1024 elements, the first at [0]; where it arose is unknown: "
      "there is no memory to compute node by node\n  at  train.cpp:7");
}

// A factor moves out of a sum: see docs/architecture.md.
TEST(CheckFinite, says_so_where_a_pass_made_infinity) {
  const EnvironmentVariable all("GRADUS_PASSES_OFF", ""), compiled("GRADUS_INTERPRET", "0");
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Tensor y = reduce_sum(0.25 * x);
  const std::vector<Feed> feeds{{x, Array({3e38, 3e38})}};
  Session session(g, {.threads = 1, .check_finite = true}), plain(g, {.threads = 1});
  ASSERT_EQ(to_text(plain.run(y, feeds)), "inf");
  EXPECT_EQ(message_of<NumericsError>([&] { session.run(y, feeds, run_line); }),
            "run: \"reduce_sum\" is inf; without passes every value of the run is finite\n"
            "  at  train.cpp:7");
}

TEST(CheckFinite, gives_the_call_to_draw) {
  Graph g;
  const Tensor x = g.placeholder("x", {1});
  const Tensor y = log(x);
  Session session(g, {.threads = 1, .check_finite = true});
  try {
    session.run(y, {{x, Array({-1})}});
    FAIL();
  } catch (const NumericsError& error) {
    ASSERT_NE(error.failed_call, nullptr);
    EXPECT_EQ(error.failed_call->name, "log");
    EXPECT_EQ(error.failed_call->operands, (std::vector<NodeId>{x.id()}));
    EXPECT_EQ(error.failed_call->shapes, (std::vector<Shape>{{1}}));
  }
}

}  // namespace
}  // namespace gradus
