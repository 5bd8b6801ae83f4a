// Runs node by node, without a compiler.
#include <gtest/gtest.h>

#include <gradus/gradients.h>
#include <gradus/gradus.h>

#include "support.h"
#include "support/environment.h"

namespace gradus {
namespace {

constexpr Passes no_passes{.fold_constants = false,
                           .common_subexpressions = false,
                           .simplify = false,
                           .accumulate_products = false,
                           .peephole = false,
                           .fuse_loops = false,
                           .split_rows = false};

// A layer of every kind of kernel, and steps that train it.
struct Model {
  explicit Model(DType dtype)
      : x(g.placeholder("x", {any_size, 600}, dtype)),
        W(g.variable("W", random_array({20, 600}, "W", -0.1, 0.1, dtype))),
        b(g.variable("b", Array::zeros({20}, dtype))),
        last(g.variable("last", Array::zeros(Shape{}, dtype))) {
    const Tensor h = elu(matmul(x, W, {.transpose_b = true}) + b, 0.5);
    const Tensor noisy = h + 0.01 * random_normal_like(h);
    const Tensor error = reshape(matmul(noisy, W) - x, {-1});
    loss = reduce_mean(square(error)) + 1e-3 * reduce_sum(square(W)) +
           reduce_mean(cast(reduce_max(h, 1) > 0.5, dtype));
    step = group({Adam{}.minimize(loss), assign(last, loss)});
  }
  std::vector<Feed> feeds(std::int64_t rows) const {
    return {{x, random_array({rows, 600}, "x", -1, 1, x.dtype())}};
  }

  Graph g;
  Tensor x;
  Variable W, b, last;
  Tensor loss, step;
};

// What the interpreter computes is what steps of single nodes compute.
TEST(Interpreter, has_the_bits_of_a_run_without_passes) {
  for (const DType dtype : {float32, float64})
    for (const int threads : {1, 3}) {
      const Model model(dtype);
      Session interpreted(model.g, {.seed = 3, .threads = threads, .interpret = true}),
          compiled(model.g, {.seed = 3, .threads = 1, .passes = no_passes});
      for (const std::int64_t rows : {10, 1, 100}) {
        const std::vector<Tensor> fetches{model.loss, model.step};
        EXPECT_EQ(interpreted.run(fetches, model.feeds(rows)),
                  compiled.run(fetches, model.feeds(rows)));
        for (const Variable& variable : {model.W, model.b, model.last})
          EXPECT_EQ(interpreted.value(variable), compiled.value(variable));
      }
    }
}

struct Interpreted : testing::Test {
  Graph g;
  const Variable v = g.variable("v", Array({1, 2})), w = g.variable("w", Array({3, 4}));
  Session session{g, {.threads = 1, .interpret = true}};
};

TEST_F(Interpreted, variables_are_read_as_they_were_and_change_at_once) {
  const Tensor swap = group({assign(v, w), assign(w, v)});
  const std::vector<Array> before = session.run({v, w, swap});
  EXPECT_EQ(to_text(session.value(v)), "[3, 4]");
  EXPECT_EQ(to_text(session.value(w)), "[1, 2]");
  EXPECT_EQ(to_text(before[0]), "[1, 2]");
  EXPECT_EQ(to_text(before[1]), "[3, 4]");
}

TEST_F(Interpreted, a_run_that_fails_changes_nothing_and_says_where) {
  const Tensor i = g.placeholder("i", {any_size}, int64);
  const Tensor element = gather(Operand(v, user_line), i);
  const Tensor step = group({assign(w, v), assign(v, w + reduce_sum(element))});
  const std::vector<Feed> feeds{{i, Array({5}, int64)}};
  const std::string text = message_of<DataError>([&] { session.run(step, feeds); });
  EXPECT_NE(text.find(at_user_line), std::string::npos) << text;
  Session compiled(g, {.threads = 1});
  EXPECT_EQ(text, message_of<DataError>([&] { compiled.run(step, feeds); }));
  EXPECT_EQ(to_text(session.value(v)), "[1, 2]");
  EXPECT_EQ(to_text(session.value(w)), "[3, 4]");
}

TEST_F(Interpreted, random_numbers_are_those_of_the_compiled_run) {
  const Tensor r = random_uniform(g, {5}), z = random_normal(g, {3}, 0, 1, float64);
  Session compiled(g, {.threads = 1});
  for (int run = 0; run < 3; ++run) {
    EXPECT_EQ(session.run({r, z}), compiled.run({r, z}));
    EXPECT_NE(session.run(r), session.run(r));
    for (int i = 0; i < 2; ++i) compiled.run(r);
  }
}

TEST_F(Interpreted, values_are_dropped_when_nobody_reads_them_any_more) {
  const Tensor x = g.placeholder("x", {any_size});
  Tensor y = x;
  for (int i = 0; i < 100; ++i) y = sin(y);
  const std::vector<Feed> feeds{{x, Array::zeros({1024})}};
  Session enough(g, {.threads = 1, .memory_limit = 8192, .interpret = true}),
      too_little(g, {.threads = 1, .memory_limit = 8191, .interpret = true});
  EXPECT_EQ(enough.run(y, feeds), Array::zeros({1024}));
  EXPECT_EQ(message_of<MemoryError>([&] { too_little.run(y, feeds, user_line); }),
            "run: 8.0 KiB are needed, 8.0 KiB is the limit; the largest value is \"sin\" float32 "
            "[1024] (4.0 KiB)" +
                at_user_line);
}

TEST_F(Interpreted, what_has_no_elements_has_a_value) {
  const Tensor x = g.placeholder("x", {any_size, 2});
  const std::vector<Feed> feeds{{x, Array::zeros({0, 2})}};
  EXPECT_EQ(session.run(elu(x) * 2, feeds), Array::zeros({0, 2}));
  EXPECT_EQ(session.run(reduce_sum(x + v, 0), feeds), Array({0, 0}));
  EXPECT_EQ(session.run(matmul(x, x, {.transpose_a = true}), feeds), Array::zeros({2, 2}));
}

TEST_F(Interpreted, there_is_no_plan_and_no_profile) {
  const std::string text = "plan: a session that interprets has no plan to report or to profile";
  EXPECT_EQ(message_of<GraphError>([&] { session.plan(v, {}, user_line); }), text + at_user_line);
  EXPECT_EQ(message_of<GraphError>([&] { session.profile(v, {}, 1, user_line); }),
            text + at_user_line);
}

TEST(Switches, of_the_environment_make_sessions_interpret) {
  Graph g;
  const auto interprets = [&](const std::string& value) {
    const EnvironmentVariable on("GRADUS_INTERPRET", value);
    return Session(g, {}, user_line).options().interpret;
  };
  EXPECT_TRUE(interprets("1"));
  EXPECT_FALSE(interprets("0"));
  EXPECT_FALSE(interprets(""));
  EXPECT_EQ(message_of<GraphError>([&] { interprets("yes"); }),
            "session: $GRADUS_INTERPRET is \"yes\", neither 0 nor 1" + at_user_line);
}

}  // namespace
}  // namespace gradus
