#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "core/refusal.h"
#include "graph/graph_state.h"
#include "support/error_text.h"

namespace gradus {
namespace {

// Minimizes sum of (1, 4, 0.5) (w - (0.3, 0.7, -1.1))^2 + e^(0.3 w) from (1, -2, 0.5) in ten steps.
template <class Optimizer>
std::vector<double> ten_steps(const Optimizer& optimizer) {
  Graph g;
  Variable w = g.variable("w", Array({1, -2, 0.5}, float64));
  Tensor target = g.constant({0.3, 0.7, -1.1}, float64);
  Tensor scale = g.constant({1, 4, 0.5}, float64);
  Tensor loss = reduce_sum(scale * square(w - target)) + reduce_sum(exp(0.3 * w));
  Tensor step = optimizer.minimize(loss);
  Session session(g);
  for (int i = 0; i < 10; ++i) session.run(step);
  return session.value(w).to_vector<double>();
}

void expect_near(const std::vector<double>& ours, const std::vector<double>& theirs) {
  ASSERT_EQ(ours.size(), theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(ours[i], theirs[i], 1e-12) << i;
}

// The expected numbers are those of torch.optim (PyTorch 1.13, float64) with the same settings.
// Its epsilon stands elsewhere than Keras's, so it is next to nothing here.
constexpr double tiny = 1e-30;

TEST(Optimizers, sgd_is_pytorchs) {
  expect_near(ten_steps(SGD{.learning_rate = 0.05}),
              {0.42555955945341906, 0.6396088422271339, -0.26586583525868235});
}
TEST(Optimizers, momentum_is_pytorchs) {
  expect_near(ten_steps(SGD{.learning_rate = 0.05, .momentum = 0.9}),
              {-0.3572501999329298, -0.6714225537811974, -1.9520043082259195});
}
TEST(Optimizers, nesterov_momentum_is_pytorchs) {
  expect_near(ten_steps(SGD{.learning_rate = 0.05, .momentum = 0.9, .nesterov = true}),
              {-0.14043874278756818, 0.6060582783451935, -1.8326312970343408});
}
TEST(Optimizers, rmsprop_is_pytorchs) {
  expect_near(ten_steps(RMSprop{.learning_rate = 0.01, .epsilon = tiny}),
              {0.83305323253742, -1.8286213087500034, 0.32963982235677697});
}
TEST(Optimizers, rmsprop_with_momentum_is_pytorchs) {
  expect_near(ten_steps(RMSprop{.learning_rate = 0.01, .momentum = 0.5, .epsilon = tiny}),
              {0.700213718261933, -1.685371607881569, 0.18869109525516875});
}
TEST(Optimizers, centered_rmsprop_is_pytorchs) {
  expect_near(ten_steps(RMSprop{.learning_rate = 0.01, .epsilon = tiny, .centered = true}),
              {0.7872177489811994, -1.7790017086665235, 0.28085264971022844});
}
TEST(Optimizers, adam_is_pytorchs) {
  expect_near(ten_steps(Adam{.learning_rate = 0.1, .beta_2 = 0.99, .epsilon = tiny}),
              {0.09961693909154398, -1.0154333263505833, -0.4726082957318275});
}

TEST(Optimizers, decoupled_weight_decay_is_pytorchs_adamw) {
  expect_near(
      ten_steps(Adam{.learning_rate = 0.1, .beta_2 = 0.99, .epsilon = tiny, .weight_decay = 0.2}),
      {0.028920647354648048, -0.7414759149857628, -0.47821728473138614});
}
TEST(Optimizers, weight_decay_stands_beside_the_velocity) {  // by its formula, in NumPy
  expect_near(ten_steps(SGD{.learning_rate = 0.05, .momentum = 0.9, .weight_decay = 0.2}),
              {-0.3317231443996318, -0.5850940834433362, -1.8969472431542256});
}
TEST(Optimizers, adagrad_is_pytorchs) {
  expect_near(ten_steps(Adagrad{.learning_rate = 0.3, .epsilon = 0}),
              {0.18087209825380365, -0.6857614530687857, -0.6964217981330081});
}
TEST(Optimizers, lion_is_its_formula) {  // in NumPy
  expect_near(ten_steps(Lion{.learning_rate = 0.1}), {0, -1, -0.5});
}
TEST(Optimizers, clipping_is_pytorchs) {
  expect_near(ten_steps(SGD{.learning_rate = 0.05, .clip_value = 0.7}), {0.65, -1.65, 0.15});
  const std::vector<double> by_norm{0.9553841776427592, -1.5043935884247115, 0.451275583459587};
  expect_near(ten_steps(SGD{.learning_rate = 0.05, .clip_norm = 1}), by_norm);
  expect_near(ten_steps(SGD{.learning_rate = 0.05, .global_clip_norm = 1}), by_norm);
}
// The numbers are of torch.optim.lr_scheduler.LambdaLR with Keras's formulas.
TEST(Optimizers, schedules_are_kerass) {
  expect_near(ten_steps(SGD{.learning_rate = exponential_decay(0.05, 4, 0.5)}),
              {0.630886086181844, 0.422339748704442, 0.05443695148949624});
  expect_near(ten_steps(SGD{.learning_rate = exponential_decay(0.05, 4, 0.5, {.staircase = true})}),
              {0.5628899757149051, 0.5453894219951577, -0.04241437954080203});
  expect_near(ten_steps(SGD{.learning_rate = cosine_decay(0.05, 8)}),
              {0.6659827355962288, 0.35988727092355394, 0.10409775705505497});
  const std::vector<double> warmed{0.6728261820597105, 0.33211935806945087, 0.11258907106316333};
  expect_near(
      ten_steps(SGD{.learning_rate = cosine_decay(0.05, 5, {.alpha = 0.1, .warmup_steps = 3})}),
      warmed);
  expect_near(ten_steps(SGD{.learning_rate = cosine_decay(
                                0, 5, {.alpha = 0.1, .warmup_steps = 3, .warmup_target = 0.05})}),
              warmed);
  expect_near(ten_steps(SGD{.learning_rate = piecewise_constant_decay({2, 5}, {0.05, 0.02, 0.01})}),
              {0.6388006453593017, 0.41892771624766545, 0.06646871530862423});
  expect_near(ten_steps(SGD{.learning_rate = [](const Tensor& step) { return 0.05 + 0 * step; }}),
              ten_steps(SGD{.learning_rate = 0.05}));
}
TEST(Optimizers, a_schedule_counts_the_steps_of_adam_too) {
  // A rate that is 0 from the third step on.
  const LearningRate rate = piecewise_constant_decay({1}, {0.1, 0});
  Graph g;
  const Variable w = g.variable("w", Array(1, float64));
  const Tensor step = Adam{.learning_rate = rate}.minimize(square(w));
  Session session(g);
  for (int i = 0; i < 2; ++i) session.run(step);
  const Array after_two = session.value(w);
  EXPECT_NEAR(after_two.item<double>(), 0.8, 1e-3);
  session.run(step);
  EXPECT_EQ(session.value(w), after_two);
}

TEST(Optimizers, a_learning_rate_can_be_fed) {
  Graph g;
  const Variable w = g.variable("w", Array(1));
  const Tensor rate = g.placeholder("rate", {});
  const Tensor step = SGD{.learning_rate = rate}.minimize(3 * w);
  Session session(g);
  session.run(step, {{rate, Array(0.5)}});
  EXPECT_EQ(session.value(w).item(), -0.5F);
  session.run(step, {{rate, Array(0.25)}});
  EXPECT_EQ(session.value(w).item(), -1.25F);
}

TEST(Optimizers, clip_gradients_alone_or_together) {
  const auto one_step = [](const SGD& sgd) {
    Graph g;
    const Variable a = g.variable("a", Array(0)), b = g.variable("b", Array(0, float64));
    const Tensor step = sgd.minimize(cast(3 * a, float64) + 4 * b);
    Session session(g);
    session.run(step);
    return to_text(session.value(a)) + " " + to_text(session.value(b));
  };
  EXPECT_EQ(one_step({.learning_rate = 1}), "-3 -4");
  EXPECT_EQ(one_step({.learning_rate = 1, .clip_value = 3.5}), "-3 -3.5");
  EXPECT_EQ(one_step({.learning_rate = 1, .clip_norm = 3.5}), "-3 -3.5");
  EXPECT_EQ(one_step({.learning_rate = 1, .global_clip_norm = 2.5}), "-1.5 -2");
  EXPECT_EQ(one_step({.learning_rate = 1, .global_clip_norm = 6}), "-3 -4");
}

TEST(Optimizers, decay_the_variables_that_the_pattern_names) {
  Graph g;
  const Variable W = g.variable("net/W1", Array({2, 4})), b = g.variable("net/b1", Array({2, 4}));
  const Tensor step =
      SGD{.learning_rate = 0.5, .weight_decay = 0.5, .decayed = "W*"}.minimize(reduce_sum(W + b));
  Session session(g);
  session.run(step);
  EXPECT_EQ(to_text(session.value(W)), "[1, 2.5]");
  EXPECT_EQ(to_text(session.value(b)), "[1.5, 3.5]");
}

TEST(Optimizers, refuse_rates_and_schedules_that_are_none) {
  Graph g;
  const Variable w = g.variable("w", Array({1, 2}));
  const Tensor loss = reduce_sum(w);
  EXPECT_EQ(
      refusal<GraphError>([&] { SGD{.learning_rate = Tensor(w)}.minimize(loss); }),
      "minimize: the learning rate must be a float scalar, got \"w\" float32 [2]\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] {
              SGD{.learning_rate = [](const Tensor&) { return Tensor(); }}.minimize(loss);
            }),
            "minimize: the learning rate must be a float scalar, got an empty Tensor\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { SGD{.clip_value = 1, .clip_norm = 1}.minimize(loss); }),
            "sgd: of clip_value, clip_norm and global_clip_norm one is possible\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { Adam{.weight_decay = -1}.minimize(loss); }),
            "adam: weight_decay must be finite and 0 or more, got -1\n  at  here");
  EXPECT_EQ(refusal<GraphError>([] { cosine_decay(0.1, 0); }),
            "cosine_decay: decay_steps must be above 0, got 0\n  at  here");
  EXPECT_EQ(refusal<GraphError>([] { cosine_decay(0.1, 1, {.warmup_steps = -1}); }),
            "cosine_decay: warmup_steps must be 0 or more, got -1\n  at  here");
  EXPECT_EQ(refusal<GraphError>([] { exponential_decay(0.1, 10, 0); }),
            "exponential_decay: decay_rate must be above 0, got 0\n  at  here");
  EXPECT_EQ(refusal<GraphError>([] { exponential_decay(NAN, 10, 1); }),
            "exponential_decay: the initial rate is nan, no finite number\n  at  here");
  EXPECT_EQ(refusal<GraphError>([] { piecewise_constant_decay({1}, {1}); }),
            "piecewise_constant_decay: 1 boundaries need 2 values, got 1\n  at  here");
  EXPECT_EQ(refusal<GraphError>([] {
              piecewise_constant_decay({2, 2}, {1, 2, 3});
            }),
            "piecewise_constant_decay: the boundaries do not ascend: [2, 2]\n  at  here");
}

TEST(Optimizers, epsilon_stands_where_keras_has_it) {
  Graph g;
  Variable a = g.variable("a", Array(0, float64)), b = g.variable("b", Array(0, float64));
  Tensor loss = 1e-3 * a + 1e-3 * b;  // gradient 1e-3
  Session session(g);
  session.run(Adam{.learning_rate = 1, .epsilon = 1e-3}.minimize(loss, {a}));
  session.run(RMSprop{.learning_rate = 1, .epsilon = 1e-3}.minimize(loss, {b}));
  // Adam: alpha m / (sqrt(v) + epsilon), alpha = sqrt(1 - 0.999) / (1 - 0.9).
  const double alpha = std::sqrt(0.001) / 0.1;
  EXPECT_NEAR(session.value(a).item<double>(), -alpha * 1e-4 / (std::sqrt(1e-9) + 1e-3), 1e-12);
  EXPECT_NEAR(session.value(b).item<double>(), -1e-3 / std::sqrt(1e-7 + 1e-3), 1e-12);
}

TEST(Optimizers, defaults_are_those_of_keras) {
  EXPECT_EQ(SGD{}.learning_rate.number(), 0.01);
  EXPECT_EQ(RMSprop{}.learning_rate.number(), 0.001);
  EXPECT_EQ(RMSprop{}.rho, 0.9);
  EXPECT_EQ(RMSprop{}.epsilon, 1e-7);
  EXPECT_EQ(Adam{}.learning_rate.number(), 0.001);
  EXPECT_EQ(Adam{}.beta_1, 0.9);
  EXPECT_EQ(Adam{}.beta_2, 0.999);
  EXPECT_EQ(Adam{}.epsilon, 1e-7);
}

TEST(Optimizers, minimize_moves_the_trainable_variables_that_the_loss_depends_on) {
  Graph g;
  Variable w = g.variable("w", Array(1)), fixed = g.variable("fixed", Array(1), false);
  Variable other = g.variable("other", Array(1));
  Session session(g);
  session.run(SGD{.learning_rate = 0.1}.minimize(square(w) * fixed));
  EXPECT_FLOAT_EQ(session.value(w).item(), 0.8F);
  EXPECT_EQ(session.value(fixed).item(), 1);
  EXPECT_EQ(session.value(other).item(), 1);
}

TEST(Optimizers, apply_gradients_takes_gradients_that_were_changed_before) {
  Graph g;
  Variable w = g.variable("w", Array({3, 4}));
  Tensor d = gradient(reduce_sum(square(w)), w);
  Session session(g);
  session.run(SGD{.learning_rate = 1}.apply_gradients({{minimum(d, 7), w}}));
  EXPECT_EQ(to_text(session.value(w)), "[-3, -3]");
}

TEST(Optimizers, compute_gradients_gives_what_minimize_applies) {
  Graph g;
  const Variable w = g.variable("w", Array({3, 4})), v = g.variable("v", Array(2));
  const Tensor loss = reduce_sum(square(w)) * v;
  std::vector<GradientAndVariable> pairs = compute_gradients(loss);
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(compute_gradients(loss, {v}).size(), 1u);
  for (auto& [d, variable] : pairs) d = 0.5 * d;
  Session session(g);
  session.run(SGD{.learning_rate = 1}.apply_gradients(pairs));
  EXPECT_EQ(to_text(session.value(w)), "[-3, -4]");
  EXPECT_EQ(to_text(session.value(v)), "-10.5");
}

TEST(Optimizers, update_nodes_have_their_role_and_scope_and_the_users_line) {
  Graph g;
  Variable w = g.variable("w", Array(1));
  Tensor step = Adam{}.minimize(square(w));
  const int line = __LINE__ - 1;
  EXPECT_EQ(step.name(), "adam/group");
  EXPECT_EQ(g.find("adam/w/m").op_name(), "variable");
  EXPECT_EQ(g.state().node(step.id()).role, Role::update);
  EXPECT_EQ(step.where().line(), static_cast<std::uint32_t>(line));
}

TEST(Optimizers, wrong_settings_are_refused_by_name) {
  Graph g;
  Variable w = g.variable("w", Array(1));
  Tensor loss = square(w);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto message = [&](const auto& optimizer) {
    return error_text<GraphError>([&] { optimizer.minimize(loss, SourceLocation()); });
  };
  EXPECT_EQ(message(SGD{.learning_rate = nan}),
            "sgd: learning_rate must be finite and 0 or more, got nan");
  EXPECT_EQ(message(SGD{.learning_rate = -1}),
            "sgd: learning_rate must be finite and 0 or more, got -1");
  EXPECT_EQ(message(SGD{.momentum = 1}), "sgd: momentum must be in [0, 1), got 1");
  EXPECT_EQ(message(RMSprop{.learning_rate = std::numeric_limits<double>::infinity()}),
            "rmsprop: learning_rate must be finite and 0 or more, got inf");
  EXPECT_EQ(message(RMSprop{.rho = -0.1}), "rmsprop: rho must be in [0, 1), got -0.1");
  EXPECT_EQ(message(Adam{.beta_1 = 1}), "adam: beta_1 must be in [0, 1), got 1");
  EXPECT_EQ(message(Adam{.beta_2 = nan}), "adam: beta_2 must be in [0, 1), got nan");
  EXPECT_EQ(message(Adam{.epsilon = -1}), "adam: epsilon must be finite and 0 or more, got -1");
}

TEST(Optimizers, a_loss_without_variables_is_refused) {
  Graph g;
  Tensor x = g.placeholder("x", {});
  EXPECT_EQ(error_text<GraphError>([&] { SGD{}.minimize(x, SourceLocation()); }),
            "minimize: \"x\" depends on no trainable variable");
  EXPECT_EQ(error_text<GraphError>([&] { SGD{}.minimize(Tensor(), SourceLocation()); }),
            "minimize: the loss is an empty Tensor");
  EXPECT_EQ(error_text<GraphError>([&] { SGD{}.apply_gradients({}, SourceLocation()); }),
            "sgd: there are no gradients to apply");
}

TEST(Optimizers, an_empty_list_of_variables_is_refused) {
  Graph g;
  const Variable w = g.variable("head/W", Array(1));
  const Tensor loss = square(w);
  const auto check = [&](const auto& optimizer, const std::string& name) {
    EXPECT_EQ(
        refusal<GraphError>([&] { optimizer.minimize(loss, g.trainable_variables("haed/W")); }),
        "minimize: the list of variables is empty\n  at  here");
    EXPECT_EQ(refusal<GraphError>([&] { optimizer.apply_gradients({}); }),
              name + ": there are no gradients to apply\n  at  here");
  };
  const std::int64_t nodes = g.node_count();
  check(SGD{}, "sgd");
  check(RMSprop{}, "rmsprop");
  check(Adam{}, "adam");
  EXPECT_EQ(g.node_count(), nodes);
}

TEST(Optimizers, gradients_and_variables_of_two_graphs_are_refused_at_the_users_line) {
  Graph g, other;
  const Variable w = g.variable("w", Array(1)), v = other.variable("v", Array(1));
  const Tensor d = gradient(square(w), w), e = gradient(square(v), v);
  EXPECT_EQ(refusal<GraphError>([&] {
              SGD{}.apply_gradients({{e, w}});
            }),
            "sgd: \"" + e.name() + "\" is of another graph\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] {
              Adam{}.apply_gradients({{d, w}, {e, v}});
            }),
            "adam: \"" + e.name() + "\" is of another graph\n  at  here");
}

}  // namespace
}  // namespace gradus
