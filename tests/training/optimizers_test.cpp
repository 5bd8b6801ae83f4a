#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "core/refusal.h"
#include "graph/graph_state.h"
#include "support/error_text.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

// Minimizes sum of (1, 4, 0.5) (w - (0.3, 0.7, -1.1))^2 + e^(0.3 w) from (1, -2, 0.5) in twenty
// steps.
template <class Optimizer>
std::vector<double> twenty_steps(const Optimizer& optimizer) {
  Graph g;
  Variable w = g.variable("w", Array({1, -2, 0.5}, float64));
  Tensor target = g.constant({0.3, 0.7, -1.1}, float64);
  Tensor scale = g.constant({1, 4, 0.5}, float64);
  Tensor loss = reduce_sum(scale * square(w - target)) + reduce_sum(exp(0.3 * w));
  Tensor step = optimizer.minimize(loss);
  Session session(g);
  for (int i = 0; i < 20; ++i) session.run(step);
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
  expect_near(twenty_steps(SGD{.learning_rate = 0.05}),
              {0.23663547247747566, 0.6542846863396288, -0.7042022549307845});
}
TEST(Optimizers, momentum_is_pytorchs) {
  expect_near(twenty_steps(SGD{.learning_rate = 0.05, .momentum = 0.9}),
              {0.4276066804104198, 0.1112884064247597, -1.425384628832679});
}
TEST(Optimizers, nesterov_momentum_is_pytorchs) {
  expect_near(twenty_steps(SGD{.learning_rate = 0.05, .momentum = 0.9, .nesterov = true}),
              {0.23596331613435279, 0.6559721666363488, -1.366219535189448});
}
TEST(Optimizers, rmsprop_is_pytorchs) {
  expect_near(twenty_steps(RMSprop{.learning_rate = 0.01, .epsilon = tiny}),
              {0.7308663593236004, -1.7191762767374434, 0.22177837954925098});
}
TEST(Optimizers, rmsprop_with_momentum_is_pytorchs) {
  expect_near(twenty_steps(RMSprop{.learning_rate = 0.01, .momentum = 0.5, .epsilon = tiny}),
              {0.5175202927089604, -1.4686480559355155, -0.02107813908587505});
}
TEST(Optimizers, centered_rmsprop_is_pytorchs) {
  expect_near(twenty_steps(RMSprop{.learning_rate = 0.01, .epsilon = tiny, .centered = true}),
              {0.5834503514485928, -1.5364921671120964, 0.04621105641819793});
}
TEST(Optimizers, adam_is_pytorchs) {
  expect_near(twenty_steps(Adam{.learning_rate = 0.1, .beta_2 = 0.99, .epsilon = tiny}),
              {-0.08306289559123207, -0.13398198397739863, -1.2437033669372477});
}
// Of NAdam(momentum_decay=1, foreach=True): without foreach, PyTorch 1.13 takes u_t twice into its
// product.
TEST(Optimizers, nadam_is_pytorchs) {
  expect_near(twenty_steps(Nadam{.learning_rate = 0.1, .beta_2 = 0.99, .epsilon = tiny}),
              {0.030368213944542255, -0.5116604036058708, -0.8844885366286364});
}
TEST(Optimizers, adagrad_is_pytorchs) {
  expect_near(twenty_steps(Adagrad{.learning_rate = 0.3, .epsilon = 0}),
              {0.14549622880357632, -0.19158972158593393, -1.0351227135876215});
}

TEST(Optimizers, decoupled_weight_decay_is_pytorchs_adamw) {
  expect_near(twenty_steps(
                  Adam{.learning_rate = 0.1, .beta_2 = 0.99, .epsilon = tiny, .weight_decay = 0.2}),
              {-0.033069274119159844, 0.15223293550089506, -1.104845666519318});
}

// The numbers of the next tests are of the formulas in Keras 3, written down in NumPy.
TEST(Optimizers, weight_decay_stands_beside_the_velocity) {
  expect_near(twenty_steps(SGD{.learning_rate = 0.05, .momentum = 0.9, .weight_decay = 0.2}),
              {0.3947007187884888, 0.19589898546451368, -1.37178444051767});
}
TEST(Optimizers, lion_is_kerass) {
  expect_near(twenty_steps(Lion{.learning_rate = 0.1}), {0, 0, -1.5});
}
TEST(Optimizers, nadam_is_kerass) {
  expect_near(twenty_steps(
                  Nadam{.learning_rate = 0.1, .beta_2 = 0.99, .epsilon = 0.1, .weight_decay = 0.2}),
              {0.030284661248649543, -0.1721410868764403, -0.756246544679058});
}
TEST(Optimizers, lamb_is_kerass) {
  expect_near(twenty_steps(LAMB{.learning_rate = 0.1, .beta_2 = 0.99}),
              {-0.04580234009770012, -0.2418691893084921, -1.1559537750187638});
  expect_near(twenty_steps(LAMB{.learning_rate = 0.1, .beta_2 = 0.99, .weight_decay = 0.2}),
              {-0.019426303512826204, -0.1715015503187635, -0.8125363564276143});
}

TEST(Optimizers, lamb_trusts_the_direction_where_a_norm_is_0) {
  Graph g;
  const Variable at_0 = g.variable("at_0", zeros({2})), still = g.variable("still", Array({3, 4}));
  const Tensor loss = reduce_sum(5 * at_0) + 0 * reduce_sum(still);
  Session session(g);
  session.run(LAMB{.learning_rate = 0.1, .epsilon = 0}.minimize(loss, {at_0}));
  session.run(LAMB{.learning_rate = 0.1}.minimize(loss, {still}));
  EXPECT_EQ(to_text(session.value(at_0), 5), "[-0.1, -0.1]");
  EXPECT_EQ(to_text(session.value(still)), "[3, 4]");
}

TEST(Optimizers, clipping_is_pytorchs) {
  expect_near(twenty_steps(SGD{.learning_rate = 0.05, .clip_value = 0.7}),
              {0.33394423431432174, -1.3, -0.2});
  const std::vector<double> by_norm{0.9027638591056906, -1.010722060866369, 0.39213348692806604};
  expect_near(twenty_steps(SGD{.learning_rate = 0.05, .clip_norm = 1}), by_norm);
  expect_near(twenty_steps(SGD{.learning_rate = 0.05, .global_clip_norm = 1}), by_norm);
}
// The numbers are of torch.optim.lr_scheduler.LambdaLR with Keras's formulas.
TEST(Optimizers, schedules_are_kerass) {
  expect_near(twenty_steps(SGD{.learning_rate = exponential_decay(0.05, 4, 0.5)}),
              {0.58597410754111, 0.49561829355191467, -0.010864242177623787});
  expect_near(
      twenty_steps(SGD{.learning_rate = exponential_decay(0.05, 4, 0.5, {.staircase = true})}),
      {0.5108806486633088, 0.5898617613081444, -0.1245652852087154});
  expect_near(twenty_steps(SGD{.learning_rate = cosine_decay(0.05, 15)}),
              {0.4997009027541133, 0.6006282397950745, -0.1416552649129273});
  const std::vector<double> warmed{0.4801065902566265, 0.6102304624402717, -0.17508292026389202};
  expect_near(
      twenty_steps(SGD{.learning_rate = cosine_decay(0.05, 12, {.alpha = 0.1, .warmup_steps = 3})}),
      warmed);
  expect_near(
      twenty_steps(SGD{.learning_rate = cosine_decay(
                           0, 12, {.alpha = 0.1, .warmup_steps = 3, .warmup_target = 0.05})}),
      warmed);
  expect_near(
      twenty_steps(SGD{.learning_rate = piecewise_constant_decay({2, 5}, {0.05, 0.02, 0.01})}),
      {0.5440430102551688, 0.5532759500004766, -0.07376208821489333});
  expect_near(
      twenty_steps(SGD{.learning_rate = [](const Tensor& step) { return 0.05 + 0 * step; }}),
      twenty_steps(SGD{.learning_rate = 0.05}));
}
// The numbers are of PyTorch, and of NumPy for Lion, LAMB and what has a velocity: PyTorch's
// velocity does not contain the learning rate.
TEST(Optimizers, each_goes_by_a_schedule_and_with_clipped_gradients) {
  const auto rate = [](double highest) {
    return cosine_decay(highest, 12, {.alpha = 0.1, .warmup_steps = 3});
  };
  expect_near(twenty_steps(SGD{.learning_rate = rate(0.05), .global_clip_norm = 1}),
              {0.9621909831231885, -1.576181951868962, 0.4587737245981202});
  expect_near(
      twenty_steps(SGD{.learning_rate = rate(0.05), .momentum = 0.9, .global_clip_norm = 1}),
      {0.6500085260871051, 1.0190022089803232, 0.10145459730050854});
  expect_near(
      twenty_steps(SGD{
          .learning_rate = rate(0.05), .momentum = 0.9, .nesterov = true, .global_clip_norm = 1}),
      {0.6041830050203674, 1.0750955725512379, 0.04072231770605764});
  expect_near(
      twenty_steps(RMSprop{.learning_rate = rate(0.01), .epsilon = tiny, .global_clip_norm = 1}),
      {0.8781320285183918, -1.8754326778283894, 0.3760642755346717});
  expect_near(
      twenty_steps(RMSprop{
          .learning_rate = rate(0.01), .momentum = 0.5, .epsilon = tiny, .global_clip_norm = 1}),
      {0.7630027786448134, -1.7530461259852193, 0.25532513615814617});
  expect_near(
      twenty_steps(RMSprop{
          .learning_rate = rate(0.01), .epsilon = tiny, .centered = true, .global_clip_norm = 1}),
      {0.8218790666939334, -1.8156985592698323, 0.31709140669948466});
  expect_near(
      twenty_steps(
          Adam{.learning_rate = rate(0.1), .beta_2 = 0.99, .epsilon = tiny, .global_clip_norm = 1}),
      {0.21395969791214756, -1.144791268078774, -0.34602329592116177});
  expect_near(twenty_steps(Adam{.learning_rate = rate(0.1),
                                .beta_2 = 0.99,
                                .epsilon = tiny,
                                .weight_decay = 0.2,
                                .global_clip_norm = 1}),
              {0.1387114012323851, -0.892477842154495, -0.3659860386844967});
  expect_near(
      twenty_steps(Nadam{
          .learning_rate = rate(0.1), .beta_2 = 0.99, .epsilon = tiny, .global_clip_norm = 1}),
      {0.42056005995416623, -1.347062146003335, -0.13768619482420047});
  expect_near(
      twenty_steps(Adagrad{.learning_rate = rate(0.3), .epsilon = 0, .global_clip_norm = 1}),
      {0.504702096299999, -0.983271599734881, -0.10473140207417488});
  expect_near(twenty_steps(Lion{.learning_rate = rate(0.1), .global_clip_norm = 1}),
              {0.145, -1.145, -0.355});
  expect_near(twenty_steps(LAMB{.learning_rate = rate(0.1), .beta_2 = 0.99, .global_clip_norm = 1}),
              {0.208594950972817, -1.139058284639452, -0.35211945994276445});
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
  const auto expect_adams = [](const auto& optimizer) {
    EXPECT_EQ(optimizer.learning_rate.number(), 0.001);
    EXPECT_EQ(optimizer.beta_1, 0.9);
    EXPECT_EQ(optimizer.beta_2, 0.999);
    EXPECT_EQ(optimizer.epsilon, 1e-7);
  };
  expect_adams(Nadam{});
  expect_adams(LAMB{});
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

// The small training of resume_test.cpp has the other optimizers.
TEST(Optimizers, go_on_from_a_checkpoint_with_the_same_bits) {
  const auto check = [](const auto& optimizer) {
    const TestFolder folder;
    Graph g;
    const Variable w = g.variable("w", Array({1, -2, 0.5}));
    const Tensor step = optimizer.minimize(reduce_sum(square(w - 0.3)));
    const auto run = [&](Session& session, int steps) {
      for (int i = 0; i < steps; ++i) session.run(step);
    };
    Session whole(g), first(g), second(g);
    run(whole, 20);
    run(first, 7);
    save_checkpoint(folder / "now.safetensors", first);
    load_checkpoint(folder / "now.safetensors", second);
    run(second, 13);
    EXPECT_EQ(second.value(w), whole.value(w));
  };
  check(Nadam{.learning_rate = exponential_decay(0.1, 4, 0.5)});
  check(LAMB{.learning_rate = 0.1, .weight_decay = 0.1});
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
  EXPECT_EQ(message(Nadam{.beta_1 = 1}), "nadam: beta_1 must be in [0, 1), got 1");
  EXPECT_EQ(message(Nadam{.beta_2 = 1}), "nadam: beta_2 must be in [0, 1), got 1");
  EXPECT_EQ(message(Nadam{.epsilon = nan}), "nadam: epsilon must be finite and 0 or more, got nan");
  EXPECT_EQ(message(LAMB{.beta_1 = -1}), "lamb: beta_1 must be in [0, 1), got -1");
  EXPECT_EQ(message(LAMB{.beta_2 = 1}), "lamb: beta_2 must be in [0, 1), got 1");
  EXPECT_EQ(message(LAMB{.epsilon = -1}), "lamb: epsilon must be finite and 0 or more, got -1");
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
