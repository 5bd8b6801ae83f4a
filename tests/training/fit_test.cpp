#include <gradus/fit.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "support/error_text.h"

namespace gradus {
namespace {

// w moves to the mean of the data.
struct Mean {
  Graph g;
  Tensor x = g.placeholder("x", {any_size});
  Variable w = g.variable("w", Array(0));
  Tensor loss = reduce_mean(square(x - w));
  Tensor step = SGD{.learning_rate = 0.25}.minimize(loss);
  Session session{g};
};

const auto whole = [](std::int64_t) { return std::array{Array({1, 2, 3})}; };

std::string text_of(std::FILE* file) {
  std::string text;
  std::rewind(file);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  return text;
}

TEST(Fit, trains_and_keeps_the_history) {
  Mean m;
  const History h = fit(m.session, m.step, m.loss, m.x, whole, {.epochs = 20});
  EXPECT_EQ(h.losses.size(), 20u);
  EXPECT_EQ(h.seconds.size(), 20u);
  EXPECT_EQ(h.steps, 20);
  EXPECT_FALSE(h.was_interrupted);
  EXPECT_FLOAT_EQ(static_cast<float>(h.losses[0]), 14.0F / 3);  // before the first step
  EXPECT_NEAR(m.session.value(m.w).item(), 2, 1e-4);
}

TEST(Fit, an_epochs_loss_counts_a_short_batch_by_its_rows) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size});
  Variable w = g.variable("w", Array(0));
  Tensor loss = reduce_mean(x) + 0 * w;
  Tensor step = SGD{}.minimize(loss);
  Session session(g);
  const History h = fit(session, step, loss, x,
                        [](std::int64_t) {
                          return std::array{Array({1, 1, 1}), Array({5})};
                        },
                        {});
  EXPECT_EQ(h.losses, std::vector<double>{2});
}

TEST(Fit, writes_one_line_per_epoch_into_a_file) {
  Mean m;
  std::FILE* file = std::tmpfile();
  fit(m.session, m.step, m.loss, m.x, whole, {.epochs = 2, .progress = file});
  const std::string text = text_of(file);
  std::fclose(file);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_EQ(text.rfind("epoch 1/2  1 steps in 0.0 s  loss 4.66667\n", 0), 0u) << text;
}

TEST(Fit, ctrl_c_ends_the_training_after_the_running_step) {
  Mean m;
  std::int64_t begun = 0;
  const History h = fit(m.session, m.step, m.loss, m.x,
                        [&](std::int64_t) {
                          if (++begun == 3) std::raise(SIGINT);
                          return std::array{Array({1, 2, 3}), Array({1, 2, 3})};
                        },
                        {.epochs = 100});
  EXPECT_TRUE(h.was_interrupted);
  EXPECT_EQ(h.signal, SIGINT);
  EXPECT_EQ(h.steps, 5);  // two whole epochs, and the step that was running
  EXPECT_EQ(h.losses.size(), 3u);
}

TEST(Fit, tells_which_signal_ended_it) {
  Mean m;
  const auto once = [](std::int64_t) {
    std::raise(SIGTERM);
    return std::array{Array({1, 2, 3})};
  };
  EXPECT_EQ(fit(m.session, m.step, m.loss, m.x, once, {}).signal, SIGTERM);
  EXPECT_EQ(fit(m.session, m.step, m.loss, m.x, whole, {}).signal, 0);
}

TEST(Fit, a_signal_that_nobody_asked_to_catch_goes_its_way) {
  static volatile std::sig_atomic_t seen = 0;
  const auto before = std::signal(SIGINT, [](int) { seen = 1; });
  Mean m;
  const History h = fit(m.session, m.step, m.loss, m.x,
                        [&](std::int64_t epoch) {
                          if (epoch == 0) std::raise(SIGINT);
                          return std::array{Array({1})};
                        },
                        {.epochs = 2, .stops_on_interrupt = false});
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(h.steps, 2);
  // And the program's own handler is back after a fit that caught signals.
  seen = 0;
  fit(m.session, m.step, m.loss, m.x, whole, {});
  std::raise(SIGINT);
  EXPECT_EQ(seen, 1);
  std::signal(SIGINT, before);
}

TEST(Fit, a_loss_that_is_no_number_stops_it_and_names_node_and_step) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size});
  Variable w = g.variable("w", Array(1));
  Tensor loss = named(reduce_mean(log(x) * w), "my_loss");
  Tensor step = SGD{}.minimize(loss);
  Session session(g);
  EXPECT_EQ(error_text<DataError>([&] {
              fit(
                  session, step, loss, x,
                  [](std::int64_t epoch) { return std::array{Array({epoch == 0 ? 1 : -1})}; },
                  {.epochs = 2}, SourceLocation());
            }),
            "fit: the loss \"my_loss\" is nan at step 2 (epoch 2); SessionOptions::check_finite "
            "tells which node made it");
}

TEST(Fit, a_session_that_checks_names_the_node_and_leaves_the_variables) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size});
  Variable w = g.variable("w", Array(1));
  Tensor loss = named(reduce_mean(log(x) * w), "my_loss");
  Tensor step = SGD{}.minimize(loss);
  Session session(g, {.check_finite = true});
  const std::string text = error_text<NumericsError>([&] {
    fit(session, step, loss, x, [](std::int64_t) { return std::array{Array({1}), Array({-1})}; });
  });
  EXPECT_THAT(text, testing::StartsWith("fit: step 2 (epoch 1): run: the result of log is nan; so "
                                        "\"my_loss\" is nan\n"));
  EXPECT_EQ(session.value(w), Array(1));
}

TEST(Fit, wrong_arguments_are_refused) {
  Mean m;
  EXPECT_EQ(error_text<GraphError>([&] {
              fit(m.session, m.step, m.loss, m.x, whole, {.epochs = -1}, SourceLocation());
            }),
            "fit: -1 epochs");
  EXPECT_EQ(error_text<ShapeError>(
                [&] { fit(m.session, m.step, m.x, m.x, whole, {}, SourceLocation()); }),
            "fit: the loss \"x\" must be a float scalar, it is float32 [?]");
  EXPECT_EQ(error_text<GraphError>(
                [&] { fit(m.session, Tensor(), m.loss, m.x, whole, {}, SourceLocation()); }),
            "fit: the loss or the step is an empty Tensor");
}

TEST(Losses, l2_sums_the_squares_of_all_variables) {
  Graph g;
  Variable a = g.variable("a", Array({1, 2})), b = g.variable("b", Array({{3}}));
  EXPECT_EQ(Session(g).run(l2({a, b})).item(), 14);
  EXPECT_EQ(error_text<GraphError>([] { l2({}, SourceLocation()); }), "l2: there are no variables");
}

TEST(Losses, reconstruction_error_is_the_squared_distance_averaged_over_rows) {
  Graph g;
  Tensor x = g.constant({{1, 2}, {3, 4}}), y = g.constant({{1, 1}, {0, 0}});
  EXPECT_EQ(Session(g).run(reconstruction_error(y, x)).item(), 13);
}

TEST(Losses, their_inner_nodes_carry_the_callers_line) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 2}), y = g.placeholder("y", {any_size, 3});
  const std::string line = std::to_string(__LINE__ + 1);
  const std::string text = error_text<ShapeError>([&] { reconstruction_error(y, x); });
  EXPECT_EQ(text,
            "subtract: shapes do not broadcast: [?, 3] and [?, 2]\n"
            "  at  fit_test.cpp:" +
                line +
                ", node \"subtract\"\n"
                "  a   \"y\"  float32 [?, 3]\n"
                "  b   \"x\"  float32 [?, 2]");
}

}  // namespace
}  // namespace gradus
