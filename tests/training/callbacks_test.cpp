#include <gradus/callbacks.h>

#include <array>
#include <cmath>
#include <csignal>
#include <filesystem>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "small_training.h"
#include "support/error_text.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

// A training whose "val_loss" after each epoch is the next of these numbers, and whose w counts the
// steps.
struct Scripted {
  explicit Scripted(const std::vector<double>& values) : numbers(values) {}

  History train(std::vector<Callback> callbacks, CheckpointOptions checkpoint = {},
                std::int64_t epochs = 0) {
    // The script is told as a metric by a callback that comes first.
    callbacks.insert(callbacks.begin(), {.on_epoch_end = [this](Training& training) {
                       training.history.metrics["scripted"].push_back(
                           numbers.at(static_cast<std::size_t>(training.epoch() - 1)));
                     }});
    return fit(session, step, loss, {{x, Array({1})}},
               {.epochs = epochs > 0 ? epochs : std::ssize(numbers),
                .callbacks = callbacks,
                .checkpoint = std::move(checkpoint)});
  }
  double steps_done() { return session.value(w).item<double>(); }

  std::vector<double> numbers;
  Graph g;
  Tensor x = g.placeholder("x", {any_size});
  Variable w = g.variable("w", Array(0)), rate = g.variable("rate", Array(1), false);
  Tensor loss = reduce_mean(x * w);
  Tensor step = SGD{.learning_rate = rate}.apply_gradients({{g.constant(-1), w}});
  Session session{g};
};

TEST(EarlyStopping, ends_after_patience_and_restores_the_best) {
  Scripted s({3, 2, 4, 1, 5, 6, 7, 0});
  const History h = s.train({early_stopping({.monitor = "scripted", .patience = 3})});
  EXPECT_EQ(h.losses.size(), 7U);
  EXPECT_EQ(s.steps_done(), 4);
}

TEST(EarlyStopping, can_keep_the_last_weights) {
  Scripted s({3, 4, 5});
  s.train({early_stopping({.monitor = "scripted", .restore_best_weights = false})});
  EXPECT_EQ(s.steps_done(), 2);
}

TEST(EarlyStopping, restores_the_best_of_a_training_that_was_not_stopped) {
  Scripted s({3, 1, 2});
  EXPECT_EQ(s.train({early_stopping({.monitor = "scripted", .patience = 5})}).losses.size(), 3U);
  EXPECT_EQ(s.steps_done(), 2);
}

TEST(EarlyStopping, takes_the_largest_where_that_is_best) {
  Scripted s({1, 3, 2});
  s.train({early_stopping({.monitor = "scripted", .patience = 5, .mode = Best::largest})});
  EXPECT_EQ(s.steps_done(), 2);
}

TEST(EarlyStopping, a_value_must_be_better_by_more_than_min_delta) {
  Scripted s({3, 2.5, 2, 2});
  s.train({early_stopping({.monitor = "scripted", .patience = 3, .min_delta = 0.5})});
  EXPECT_EQ(s.steps_done(), 3);  // 2 is better than 3 by 1, and 2.5 only by 0.5
}

TEST(EarlyStopping, goes_on_from_a_checkpoint) {
  const std::vector<double> numbers{3, 2, 4, 1, 5, 6, 7, 0};
  const auto stop = [] { return early_stopping({.monitor = "scripted", .patience = 3}); };
  for (std::int64_t epochs = 1; epochs <= 8; ++epochs) {
    SCOPED_TRACE(epochs);
    const TestFolder folder;
    Scripted first(numbers), second(numbers), third(numbers);
    first.train({stop()}, {.folder = folder}, epochs);
    EXPECT_EQ(second.train({stop()}, {.folder = folder}).losses.size(), 7U);
    EXPECT_EQ(second.steps_done(), 4);
    // And once more, when there is nothing left to do.
    EXPECT_EQ(third.train({stop()}, {.folder = folder}).resumed_at, 7);
    EXPECT_EQ(third.steps_done(), 4);
  }
}

TEST(EarlyStopping, leaves_a_training_that_is_interrupted_in_its_first_epoch_as_it_is) {
  const TestFolder folder;
  for (const std::filesystem::path& kept : {std::filesystem::path(), folder / "kept"}) {
    Scripted s({1});
    fit(s.session, s.step, s.loss, s.x,
        [](std::int64_t epoch) {
          if (epoch == 0) std::raise(SIGINT);
          return std::array{Array({1}), Array({1})};
        },
        {.epochs = 2,
         .callbacks = {early_stopping({.monitor = "loss"})},
         .checkpoint = {.folder = kept}});
    EXPECT_EQ(s.steps_done(), 1);
    EXPECT_GT(s.session.random_state().run_count, 0U);
  }
}

TEST(EarlyStopping, wrong_options_and_names_are_refused) {
  EXPECT_EQ(error_text<GraphError>([] { early_stopping({.patience = -1}, SourceLocation()); }),
            "early_stopping: patience must be 0 or more, got -1");
  EXPECT_EQ(error_text<GraphError>([] { early_stopping({.min_delta = -1}, SourceLocation()); }),
            "early_stopping: min_delta must be 0 or more, got -1");
  Scripted s({1});
  EXPECT_THAT(error_text<DataError>([&] { s.train({early_stopping()}); }),
              testing::HasSubstr("history: there is no \"val_loss\", but \"loss\", \"scripted\""));
}

// As Keras's ReduceLROnPlateau, whose rules the comments give.
TEST(ReduceOnPlateau, reduces_after_patience_and_rests_for_cooldown) {
  std::vector<double> rates;
  //               best, wait 1, 2: reduced, cooling, cooling ends: wait 1, 2: reduced
  Scripted s({1, 1, 1, 1, 1, 1, 1});
  s.train({reduce_on_plateau(s.rate, {.monitor = "scripted",
                                      .factor = 0.5,
                                      .patience = 2,
                                      .cooldown = 2,
                                      .min_learning_rate = 0.3}),
           {.on_epoch_end = [&](Training& training) {
             rates.push_back(training.session.value(s.rate).item<double>());
           }}});
  EXPECT_EQ(rates, (std::vector<double>{1, 1, 0.5, 0.5, 0.5, std::max(0.25, 0.3F + 0.0), 0.3F}));
}

TEST(ReduceOnPlateau, goes_on_from_a_checkpoint) {
  const std::vector<double> numbers{5, 4, 4, 4, 3, 3, 3, 3, 3};
  const auto reduce = [](const Scripted& s) {
    return reduce_on_plateau(s.rate,
                             {.monitor = "scripted", .factor = 0.5, .patience = 2, .cooldown = 1});
  };
  Scripted whole(numbers);
  whole.train({reduce(whole)});
  EXPECT_LT(whole.session.value(whole.rate).item(), 0.5F);
  for (std::int64_t epochs = 1; epochs <= std::ssize(numbers); ++epochs) {
    const TestFolder folder;
    Scripted first(numbers), second(numbers);
    first.train({reduce(first)}, {.folder = folder}, epochs);
    second.train({reduce(second)}, {.folder = folder});
    EXPECT_EQ(second.session.value(second.rate), whole.session.value(whole.rate)) << epochs;
    EXPECT_EQ(second.session.value(second.w), whole.session.value(whole.w)) << epochs;
  }
}

TEST(ReduceOnPlateau, wrong_options_are_refused) {
  const Graph g;
  const Variable rate = g.variable("rate", Array(1)), W = g.variable("W", Array({1}));
  const auto error = [](const Variable& variable, const ReduceOnPlateauOptions& options) {
    return error_text<GraphError>([&] { reduce_on_plateau(variable, options, SourceLocation()); });
  };
  EXPECT_EQ(error(W, {}), "reduce_on_plateau: the learning rate must be a float scalar");
  EXPECT_EQ(error(Variable(), {}), "reduce_on_plateau: the learning rate must be a float scalar");
  EXPECT_EQ(error(rate, {.factor = 1}), "reduce_on_plateau: factor must be in (0, 1), got 1");
  EXPECT_EQ(error(rate, {.patience = -1}), "reduce_on_plateau: patience must be 0 or more, got -1");
  EXPECT_EQ(error(rate, {.min_delta = NAN}),
            "reduce_on_plateau: min_delta must be 0 or more, got nan");
  EXPECT_EQ(error(rate, {.cooldown = -1}), "reduce_on_plateau: cooldown must be 0 or more, got -1");
  EXPECT_EQ(error(rate, {.min_learning_rate = -1}),
            "reduce_on_plateau: min_learning_rate must be 0 or more, got -1");
}

TEST(CsvLog, has_a_line_for_each_epoch) {
  const TestFolder folder;
  Scripted s({3, 0.1, 2});
  s.train({csv_log(folder / "logs/log.csv")});
  EXPECT_EQ(contents(folder / "logs/log.csv"), "epoch,loss,scripted\n1,0,3\n2,1,0.1\n3,2,2\n");
  const CsvTable table = read_csv(folder / "logs/log.csv");
  EXPECT_EQ(table.names, (std::vector<std::string>{"epoch", "loss", "scripted"}));
}

TEST(CsvLog, goes_on_from_a_checkpoint) {
  const TestFolder folder;
  Scripted first({3, 0.1, 2}), second({3, 0.1, 2});
  first.train({csv_log(folder / "log.csv")}, {.folder = folder / "kept"}, 2);
  second.train({csv_log(folder / "log.csv")}, {.folder = folder / "kept"});
  EXPECT_EQ(contents(folder / "log.csv"), "epoch,loss,scripted\n1,0,3\n2,1,0.1\n3,2,2\n");
}

TEST(CsvLog, a_file_that_cannot_be_written_is_refused) {
  const TestFolder folder;
  folder.write("file", "");
  Scripted s({1});
  const std::string path = (folder / "file/log.csv").string();
  EXPECT_THAT(error_text<FileError>([&] { s.train({csv_log(path)}); }),
              testing::StartsWith("fit: file \"" + path + "\" cannot be written: Not a directory"));
  EXPECT_THAT(error_text<FileError>([&] { s.train({csv_log("/dev/full")}); }),
              testing::StartsWith("fit: file \"/dev/full\" cannot be written: No space left"));
}

// What TensorBoard reads: the lengths of the records, and the numbers of their events.
TEST(TensorboardLog, has_a_record_for_each_epoch) {
  const TestFolder folder;
  Scripted s({3, 0.5});
  s.train({tensorboard_log(folder / "run")});
  const std::filesystem::path file = std::filesystem::directory_iterator(folder / "run")->path();
  EXPECT_THAT(file.filename().string(), testing::StartsWith("events.out.tfevents."));
  const std::string bytes = contents(file);
  std::vector<std::string> events;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto length = static_cast<std::size_t>(static_cast<unsigned char>(bytes[at]));
    events.push_back(bytes.substr(at + 12, length));
    at += 12 + length + 4;
  }
  ASSERT_EQ(events.size(), 3U);
  // 9 bytes are the time: field 1, a double. Field 3 is the version.
  EXPECT_EQ(events[0].substr(9), std::string("\x1a\x0d") + "brain.Event:2");
  // Field 2 is the step, field 5 the summary with a value for each number: its tag, and a float.
  const std::string zero("\0\0\0\0", 4), half("\0\0\0\x3f", 4), one("\0\0\x80\x3f", 4);
  EXPECT_EQ(events[2].substr(9), std::string("\x10\x02\x2a\x1e\x0a\x0b\x0a\x04") + "loss" + "\x15" +
                                     one + "\x0a\x0f\x0a\x08" + "scripted" + "\x15" + half);
}

TEST(Callback, has_its_moments) {
  Scripted s({1, 2});
  std::string moments;
  s.train(
      {{.on_train_begin = [&](Training& t) { moments += "begin " + std::to_string(t.epoch()); },
        .on_epoch_end =
            [&](Training& t) {
              moments += ", epoch " + std::to_string(t.epoch());
              t.is_stopped = t.history.of("scripted").back() == 1;
            },
        .on_train_end = [&](Training& t) { moments += ", end " + std::to_string(t.epoch()); }}});
  EXPECT_EQ(moments, "begin 0, epoch 1, end 1");
}

// Best weights, learning rate and history are those of a whole training, wherever it was stopped.
TEST(Resume, callbacks_go_on_too) {
  const auto callbacks = [] {
    return std::vector<Callback>{early_stopping({.monitor = "error", .patience = 1})};
  };
  const TestFolder all, one;
  SmallTraining whole("adam", "dropout");
  whole.callbacks = callbacks();
  const History history = whole.train({.folder = all, .every = 1, .keep_last = 100});
  for (std::int64_t steps = 1; steps <= history.steps; ++steps) {
    SCOPED_TRACE(steps);
    const std::string name = fmt::format("checkpoint-{:010}.safetensors", steps);
    const std::filesystem::path folder = one / std::to_string(steps);
    std::filesystem::create_directory(folder);
    std::filesystem::copy_file(all / name, folder / name);
    // The file of the best epoch is as it was then, or later.
    std::filesystem::copy_file(all / "best-error.safetensors", folder / "best-error.safetensors");
    SmallTraining resumed("adam", "dropout");
    resumed.callbacks = callbacks();
    const History rest = resumed.train({.folder = folder, .every = 100});
    EXPECT_EQ(rest.metrics, history.metrics);
    EXPECT_EQ(resumed.bits(), whole.bits());
  }
}

}  // namespace
}  // namespace gradus
