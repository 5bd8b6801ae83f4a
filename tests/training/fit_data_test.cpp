// fit over whole data, with metrics and validation.
#include <cstdio>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "support/error_text.h"

namespace gradus {
namespace {

using testing::HasSubstr;

// Which side of a line points are on.
struct Line {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 2}), side = g.placeholder("side", {any_size});
  Variable w = g.variable("w", zeros({1, 2}));
  Tensor score = reshape(matmul(x, w, {.transpose_b = true}), {-1});
  Tensor loss = reduce_mean(square(score - side));
  Tensor right = reduce_mean(cast(score * side > 0, float32));
  Tensor step = SGD{.learning_rate = 0.1}.minimize(loss);
  Session session{g, {.seed = 3}};

  Array points, sides;
  std::vector<Feed> data;

  Line() {
    Random random(1, "points");
    std::vector<float> numbers, of_sides;
    for (int i = 0; i < 50; ++i) {
      const double a = random.uniform(-1, 1), b = random.uniform(-1, 1);
      numbers.insert(numbers.end(), {static_cast<float>(a), static_cast<float>(b)});
      of_sides.push_back(a + 2 * b > 0 ? 1.0F : -1.0F);
    }
    points = Array({50, 2}, numbers);
    sides = Array({50}, of_sides);
    data = {{x, points}, {side, sides}};
  }
};

TEST(FitData, trains_on_several_placeholders) {
  Line line;
  const History h = fit(line.session, line.step, line.loss, line.data,
                        {.epochs = 20,
                         .batch_size = 8,
                         .metrics = {{"accuracy", line.right}},
                         .validation = {.data = line.data}});
  EXPECT_EQ(h.steps, 20 * 7);  // the last batch of an epoch has two rows
  EXPECT_EQ(h.of("accuracy").size(), 20U);
  EXPECT_GT(h.of("accuracy").back(), 0.9);
  // After the last epoch nothing moves any more.
  EXPECT_EQ(h.of("val_loss").back(),
            evaluate(line.session, line.loss, line.data, {.batch_size = 8}));
  EXPECT_EQ(h.of("val_accuracy").back(),
            evaluate(line.session, line.right, line.data, {.batch_size = 8}));
}

TEST(FitData, is_the_loop_over_batches_to_the_bit) {
  Line by_data, by_hand, by_batches;
  fit(by_data.session, by_data.step, by_data.loss, by_data.data, {.epochs = 3, .batch_size = 8});
  for (std::int64_t epoch = 0; epoch < 3; ++epoch)
    for (const auto& [points, sides] :
         ImageSet{by_hand.points, by_hand.sides}.labelled_batches(8, epoch, {.seed = 3}))
      by_hand.session.run(by_hand.step, {{by_hand.x, points}, {by_hand.side, sides}});
  EXPECT_EQ(by_data.session.value(by_data.w), by_hand.session.value(by_hand.w));
  fit(by_batches.session, by_batches.step, by_batches.loss, {by_batches.x, by_batches.side},
      [&](std::int64_t epoch) {
        return ImageSet{by_batches.points, by_batches.sides}.labelled_batches(8, epoch,
                                                                              {.seed = 3});
      },
      {.epochs = 3});
  EXPECT_EQ(by_batches.session.value(by_batches.w), by_hand.session.value(by_hand.w));
}

TEST(FitData, a_loop_of_ones_own_has_the_rest_of_fit) {
  Line by_fit, own;
  auto& [g, x, side, w, score, loss, right, step, session, points, sides, data] = own;
  // [loop]
  const FitOptions options{.epochs = 3,
                           .metrics = {{"accuracy", right}},
                           .validation = {.data = {{x, points}, {side, sides}}}};
  FitLoop loop(session, step, loss, options);
  for (std::int64_t epoch = loop.first_epoch(); epoch < options.epochs; ++epoch) {
    const auto all = ImageSet{points, sides}.labelled_batches(8, epoch, {.seed = 3});
    if (!loop.begin_epoch(all.size())) break;
    for (const auto& [some_points, their_sides] : all)
      if (!loop.run_step({{x, some_points}, {side, their_sides}})) break;
    loop.end_epoch();
  }
  const History history = loop.finish();
  // [loop]
  const History same = fit(by_fit.session, by_fit.step, by_fit.loss, by_fit.data,
                           {.epochs = 3,
                            .batch_size = 8,
                            .metrics = {{"accuracy", by_fit.right}},
                            .validation = {.data = by_fit.data}});
  EXPECT_EQ(history.losses, same.losses);
  EXPECT_EQ(history.metrics.at("accuracy"), same.metrics.at("accuracy"));
  EXPECT_EQ(own.session.value(own.w), by_fit.session.value(by_fit.w));
}

TEST(FitData, without_shuffling_the_rows_come_as_they_are) {
  Line a, b;
  fit(a.session, a.step, a.loss, a.data, {.batch_size = 8, .shuffle = false});
  for (std::int64_t first = 0; first < 50; first += 8) {
    const std::int64_t last = std::min<std::int64_t>(first + 8, 50);
    b.session.run(b.step, {{b.x, b.points.rows(first, last)}, {b.side, b.sides.rows(first, last)}});
  }
  EXPECT_EQ(a.session.value(a.w), b.session.value(b.w));
}

TEST(FitData, a_scalar_is_fed_to_each_step) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size}), rate = g.placeholder("rate", {});
  const Variable w = g.variable("w", Array(0));
  const Tensor loss = reduce_mean(square(x - w));
  const Tensor step = SGD{.learning_rate = rate}.minimize(loss);
  Session session(g);
  fit(session, step, loss, {{x, Array({1, 1})}, {rate, 0.5}}, {.batch_size = 1});
  EXPECT_EQ(session.value(w).item(), 1);
}

TEST(FitData, progress_tells_metrics_and_validation) {
  Line line;
  std::FILE* file = std::tmpfile();
  fit(line.session, line.step, line.loss, line.data,
      {.metrics = {{"accuracy", line.right}},
       .validation = {.data = line.data,
                      .loss = 2 * line.loss,
                      .metrics = {{"all", line.loss * 0}}},
       .progress = file});
  std::rewind(file);
  char text[200] = {};
  EXPECT_NE(std::fgets(text, sizeof text, file), nullptr);
  std::fclose(file);
  EXPECT_THAT(text, testing::MatchesRegex("epoch 1/1  2 steps in 0.. s  loss 0\\.[0-9]+  "
                                          "accuracy 0\\.[0-9]+  val_loss [0-9.]+  val_all 0\n"));
}

TEST(FitData, wrong_data_and_metrics_are_refused) {
  Line line;
  const auto error = [&](const std::vector<Feed>& data, const FitOptions& options) {
    return error_text<Error>(
        [&] { fit(line.session, line.step, line.loss, data, options, SourceLocation()); });
  };
  EXPECT_EQ(error({{line.x, line.points}, {line.side, Array({1})}}, {}),
            "fit: \"x\" is fed with 50 rows, \"side\" with 1");
  EXPECT_EQ(error({}, {}), "fit: there are no rows");
  EXPECT_EQ(error(line.data, {.batch_size = -1}), "fit: the batch size must be above 0, got -1");
  EXPECT_EQ(error(line.data, {.metrics = {{"score", line.score}}}),
            "fit: the metric \"reshape\" must be a float scalar, it is float32 [?]");
  EXPECT_EQ(error(line.data, {.metrics = {{"a", Tensor()}}}),
            "fit: the metric \"a\" is an empty Tensor");
  EXPECT_EQ(error(line.data, {.metrics = {{"a", line.right}, {"a", line.loss}}}),
            "fit: a metric's name is taken: \"a\"");
  EXPECT_EQ(error(line.data, {.metrics = {{"loss", line.right}}}),
            "fit: a metric's name is taken: \"loss\"");
  EXPECT_EQ(error(line.data, {.validation = {.data = line.data, .loss = line.score}}),
            "fit: the validation's loss \"reshape\" must be a float scalar, it is float32 [?]");
  EXPECT_THAT(error(line.data, {.metrics = {{"a", log(-square(line.loss))}}}),
              HasSubstr("fit: the metric \"a\" is nan in epoch 1"));
  EXPECT_THAT(
      error(line.data, {.validation = {.data = line.data, .loss = log(-square(line.loss))}}),
      HasSubstr("fit: the validation's loss \"log_1\" is nan after epoch 1"));
  EXPECT_EQ(error_text<FeedError>([&] {
              fit(
                  line.session, line.step, line.loss, {line.x, line.side},
                  [&](std::int64_t) { return std::vector{line.points}; }, {}, SourceLocation());
            }),
            "fit: a batch has 1 arrays for 2 placeholders");
  EXPECT_EQ(error_text<DataError>([] { History().of("accuracy", SourceLocation()); }),
            "history: there is no \"accuracy\", but \"loss\"");
}

}  // namespace
}  // namespace gradus
