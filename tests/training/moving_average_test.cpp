#include <gradus/moving_average.h>

#include <cmath>

#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "core/refusal.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

// The variables that a step moves, of both floats, and one that nothing moves.
struct AveragedTraining {
  Graph g;
  Variable w = g.variable("net/w", Array({1, -2, 0.5}, float64));
  Variable v = g.variable("net/v", glorot_uniform({3, 2}));
  Variable still = g.variable("still", Array(1));
  Tensor loss = reduce_sum(square(w - 0.3)) + cast(reduce_sum(square(v - 1)), float64);
  Tensor plain = SGD{.learning_rate = 0.05, .momentum = 0.5}.minimize(loss, {w, v});
  MovingAverage average{plain, {w, v}, {.decay = 0.9}};
};

void expect_near(const Array& a, const Array& b, double tolerance) {
  const auto x = a.cast(float64).to_vector<double>(), y = b.cast(float64).to_vector<double>();
  ASSERT_EQ(x.size(), y.size());
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], y[i], tolerance) << i;
}

TEST(MovingAverage, is_that_of_a_loop_by_hand_over_the_weights_after_each_step) {
  AveragedTraining t;
  Session session(t.g);
  std::vector<double> of_w, of_v;
  const auto follow_by_hand = [](std::vector<double>& average, const Array& value) {
    const std::vector<double> now = value.cast(float64).to_vector<double>();
    if (average.empty()) average = now;
    for (std::size_t i = 0; i < now.size(); ++i) average[i] = 0.9 * average[i] + 0.1 * now[i];
  };
  for (int i = 0; i < 20; ++i) {
    session.run(t.average.step());
    follow_by_hand(of_w, session.value(t.w));
    follow_by_hand(of_v, session.value(t.v));
    expect_near(session.value(t.average.average(t.w)), Array({3}, of_w), 1e-14);
    expect_near(session.value(t.average.average(t.v)), Array({3, 2}, of_v), 1e-6);
  }
}

TEST(MovingAverage, changes_nothing_in_the_training) {
  AveragedTraining t;
  Session averaged(t.g), plain(t.g);
  for (int i = 0; i < 20; ++i) {
    averaged.run(t.average.step());
    plain.run(t.plain);
  }
  EXPECT_EQ(averaged.value(t.w), plain.value(t.w));
  EXPECT_EQ(averaged.value(t.v), plain.value(t.v));
}

TEST(MovingAverage, follows_each_optimizer) {
  const auto check = [](const auto& optimizer) {
    Graph g;
    const Variable w = g.variable("w", Array({1, -2}));
    const MovingAverage average(optimizer.minimize(reduce_sum(square(w))), {w}, {.decay = 0});
    Session session(g);
    for (int i = 0; i < 3; ++i) {
      session.run(average.step());
      EXPECT_EQ(session.value(average.average(w)), session.value(w));
    }
  };
  check(SGD{});
  check(RMSprop{});
  check(Adam{.weight_decay = 0.1});
  check(Nadam{});
  check(LAMB{});
  check(Adagrad{});
  check(Lion{});
}

TEST(MovingAverage, of_equal_weights_is_these) {
  Graph g;
  const Variable w = g.variable("w", normal({1000}));
  const MovingAverage average(SGD{.learning_rate = 0}.minimize(reduce_sum(w)), {w});
  Session session(g);
  for (int i = 0; i < 100; ++i) session.run(average.step());
  EXPECT_EQ(session.value(average.average(w)), session.value(w));
}

TEST(MovingAverage, knows_nothing_of_weights_from_before_the_first_step) {
  AveragedTraining t;
  Session session(t.g);
  session.set(t.w, Array({10, 20, 30}, float64));
  session.run(t.average.step());
  EXPECT_EQ(session.value(t.average.average(t.w)), session.value(t.w));
}

TEST(MovingAverage, swaps_with_the_weights_and_back) {
  AveragedTraining t;
  Session session(t.g);
  const Array at_first = session.value(t.v);
  t.average.swap(session);
  EXPECT_EQ(session.value(t.v), at_first);
  t.average.swap(session);

  for (int i = 0; i < 5; ++i) session.run(t.average.step());
  const Array w = session.value(t.w), v = session.value(t.v), loss = session.run(t.loss);
  const Array of_w = session.value(t.average.average(t.w));
  const Array of_v = session.value(t.average.average(t.v));
  EXPECT_FALSE(of_w == w);
  t.average.swap(session);
  EXPECT_EQ(session.value(t.w), of_w);
  EXPECT_EQ(session.value(t.v), of_v);
  EXPECT_EQ(session.value(t.average.average(t.v)), v);
  EXPECT_FALSE(session.run(t.loss) == loss);
  t.average.swap(session);
  EXPECT_EQ(session.value(t.w), w);
  EXPECT_EQ(session.value(t.average.average(t.w)), of_w);
  EXPECT_EQ(session.run(t.loss), loss);
}

TEST(MovingAverage, goes_on_from_a_checkpoint_with_the_same_bits) {
  const TestFolder folder;
  AveragedTraining t, again;
  Session whole(t.g, {.seed = 3}), first(t.g, {.seed = 3}), second(again.g, {.threads = 2});
  for (int i = 0; i < 20; ++i) whole.run(t.average.step());
  for (int i = 0; i < 8; ++i) first.run(t.average.step());
  save_checkpoint(folder / "now.safetensors", first);
  load_checkpoint(folder / "now.safetensors", second);
  for (int i = 0; i < 12; ++i) second.run(again.average.step());
  for (std::size_t i = 0; i < t.g.variables().size(); ++i)
    EXPECT_EQ(second.value(again.g.variables()[i]), whole.value(t.g.variables()[i]));
}

TEST(MovingAverage, makes_variables_that_are_not_trained) {
  AveragedTraining t;
  EXPECT_EQ(t.average.average(t.w).name(), "moving_average/net/w/average");
  EXPECT_FALSE(t.average.average(t.w).is_trainable());
  const MovingAverage slower(t.average.step(), {t.w}, {.decay = 0.99});
  EXPECT_EQ(slower.average(t.w).name(), "moving_average_1/net/w/average");
  EXPECT_EQ(MovingAverageOptions{}.decay, 0.999);
}

TEST(MovingAverage, refuses_what_cannot_be_averaged_at_the_users_line) {
  AveragedTraining t;
  Graph other;
  const Variable foreign = other.variable("foreign", Array(1));
  const Variable count = t.g.variable("count", Array(1, int32));
  const std::int64_t nodes = t.g.node_count();
  const auto message = [&](const std::vector<Variable>& variables, double decay = 0.9) {
    return refusal<Error>([&] {
      const MovingAverage average(t.plain, variables, {.decay = decay}, SourceLocation());
    });
  };
  EXPECT_EQ(message({t.w, t.still}),
            "moving_average: \"sgd/group\" does not assign variable \"still\"");
  EXPECT_EQ(message({foreign}), "moving_average: variable \"foreign\" is of another graph");
  EXPECT_EQ(message({count}),
            "moving_average: variable \"count\" is int32, not float32 or float64");
  EXPECT_EQ(message({t.w, t.v, t.w}), "moving_average: variable \"net/w\" is there twice");
  EXPECT_EQ(message({Variable()}), "moving_average: a variable is empty");
  EXPECT_EQ(message({}), "moving_average: there are no variables");
  EXPECT_EQ(message({t.w}, 1), "moving_average: decay must be in [0, 1), got 1");
  EXPECT_EQ(message({t.w}, std::nan("")), "moving_average: decay must be in [0, 1), got nan");
  EXPECT_EQ(refusal<GraphError>([&] { MovingAverage(Tensor(), {t.w}); }),
            "moving_average: the step is an empty Tensor\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { t.average.average(t.still); }),
            "moving_average: there is no average of variable \"still\"\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { t.average.average(Variable()); }),
            "moving_average: there is no average of an empty Variable\n  at  here");
  EXPECT_EQ(t.g.node_count(), nodes);
  Session of_other(other);
  EXPECT_EQ(refusal<GraphError>([&] { t.average.swap(of_other); }),
            "value: variable \"moving_average/rate\" is of another graph\n  at  here");
}

}  // namespace
}  // namespace gradus
