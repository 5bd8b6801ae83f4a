// A training that was stopped and goes on ends as one that was not.
#include <gradus/fit.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "small_training.h"
#include "support/error_text.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

std::string name_of(std::int64_t steps) {
  return fmt::format("checkpoint-{:010}.safetensors", steps);
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

void expect_same(const History& a, const History& b) {
  EXPECT_EQ(a.losses, b.losses);
  EXPECT_EQ(a.validation_losses, b.validation_losses);
  EXPECT_EQ(a.metrics, b.metrics);
  EXPECT_EQ(a.seconds.size(), b.seconds.size());
  EXPECT_EQ(a.steps, b.steps);
}

// From the checkpoint after each step, with one to three threads.
void expect_same_from_each_step(std::string_view optimizer, std::string_view model) {
  const TestFolder all, one;
  SmallTraining whole(optimizer, model);
  const History history = whole.train({.folder = all, .every = 1, .keep_last = 100});
  for (std::int64_t steps = 1; steps <= SmallTraining::steps; ++steps) {
    SCOPED_TRACE(fmt::format("{}, {}, resumed after step {}", optimizer, model, steps));
    const fs::path folder = one / std::to_string(steps);
    fs::create_directory(folder);
    fs::copy_file(all / name_of(steps), folder / name_of(steps));
    SmallTraining resumed(optimizer, model, 1 + static_cast<int>(steps % 3));
    const History rest = resumed.train({.folder = folder, .every = 100});
    EXPECT_EQ(rest.resumed_at, steps);
    expect_same(rest, history);
    EXPECT_EQ(resumed.bits(), whole.bits());
  }
}

TEST(Resume, gives_the_bits_of_a_whole_training_from_each_step) {
  for (const char* model : model_names) expect_same_from_each_step("adam", model);
}

TEST(Resume, slow_gives_the_bits_of_a_whole_training_with_each_optimizer) {
  for (const char* optimizer : optimizer_names)
    for (const char* model : model_names) expect_same_from_each_step(optimizer, model);
}

TEST(Resume, a_training_that_keeps_nothing_has_the_same_bits) {
  const TestFolder folder;
  SmallTraining keeps("adam", "dropout"), keeps_nothing("adam", "dropout");
  expect_same(keeps.train({.folder = folder}), keeps_nothing.train({}));
  EXPECT_EQ(keeps.bits(), keeps_nothing.bits());
}

TEST(Resume, a_signal_stops_after_any_step_and_the_next_fit_goes_on) {
  const TestFolder folder;
  SmallTraining whole("adam", "dropout");
  const History history = whole.train({});
  for (std::int64_t steps = 1; steps < SmallTraining::steps; ++steps) {
    const fs::path kept = folder / std::to_string(steps);
    SmallTraining stopped("adam", "dropout"), resumed("adam", "dropout", 2);
    {
      FitLoop loop(stopped.session, stopped.step, stopped.loss,
                   {.epochs = 3,
                    .batch_size = 2,
                    .metrics = {{"error", stopped.error}},
                    .validation = stopped.validation_options(),
                    .checkpoint = {.folder = kept}},
                   SourceLocation());
      std::int64_t done = 0;
      for (std::int64_t epoch = 0; done < steps; ++epoch) {
        const auto batches = stopped.batches_of(epoch);
        loop.begin_epoch(batches.size());
        for (const Array& batch : batches) {
          if (++done == steps) std::raise(SIGTERM);
          if (!loop.run_step({{stopped.x, batch}})) break;
        }
        loop.end_epoch();
      }
      const History part = loop.finish();
      EXPECT_EQ(part.signal, SIGTERM);
      EXPECT_EQ(part.steps, steps);
    }
    const History rest = resumed.train({.folder = kept});
    EXPECT_EQ(rest.resumed_at, steps);
    expect_same(rest, history);
    EXPECT_EQ(resumed.bits(), whole.bits()) << steps;
  }
}

TEST(Resume, a_training_that_has_ended_is_not_trained_again_but_can_go_further) {
  const TestFolder folder;
  SmallTraining whole("adam", "batch_norm"), first("adam", "batch_norm"),
      again("adam", "batch_norm"), further("adam", "batch_norm");
  whole.train({}, 5);
  const History history = first.train({.folder = folder}, 2);
  const History same = again.train({.folder = folder}, 2);
  expect_same(same, history);
  EXPECT_EQ(same.resumed_at, same.steps);
  EXPECT_EQ(again.bits(), first.bits());
  EXPECT_EQ(further.train({.folder = folder}, 5).losses.size(), 5u);
  EXPECT_EQ(further.bits(), whole.bits());
}

TEST(Resume, the_last_checkpoints_are_kept) {
  const TestFolder folder;
  SmallTraining("sgd", "dense").train({.folder = folder / "epochs"});
  EXPECT_EQ(names_in(folder / "epochs"), (std::vector<std::string>{name_of(8), name_of(12)}));
  SmallTraining("sgd", "dense").train({.folder = folder / "steps", .every = 5, .keep_last = 3});
  EXPECT_EQ(names_in(folder / "steps"),
            (std::vector<std::string>{name_of(5), name_of(10), name_of(12)}));
}

TEST(Resume, progress_says_where_it_goes_on) {
  const TestFolder folder;
  SmallTraining first("sgd", "dense"), second("sgd", "dense");
  first.train({.folder = folder}, 1);
  std::FILE* file = std::tmpfile();
  fit(second.session, second.step, second.loss, second.x,
      [&](std::int64_t epoch) { return second.batches_of(epoch); },
      {.epochs = 1, .progress = file, .checkpoint = {.folder = folder}});
  std::rewind(file);
  char line[100] = {};
  EXPECT_NE(std::fgets(line, sizeof line, file), nullptr);
  std::fclose(file);
  EXPECT_STREQ(line, "goes on after step 4\n");
}

TEST(Resume, what_a_killed_training_left_is_swept_and_nothing_else) {
  const TestFolder folder;
  for (const char* name : {".12.0.tmp", ".99999.12.tmp", ".x.0.tmp", ".1.tmp", "a.1.2.tmp",
                           ".1.2.tmp2", "checkpoint-7.safetensors", "notes"})
    folder.write(name, "");
  SmallTraining("sgd", "dense").train({.folder = folder, .keep_last = 1});
  EXPECT_EQ(names_in(folder),
            (std::vector<std::string>{".1.2.tmp2", ".1.tmp", ".x.0.tmp", "a.1.2.tmp", name_of(12),
                                      "checkpoint-7.safetensors", "notes"}));
}

template <class E>
std::string train_error(const CheckpointOptions& options, std::string_view optimizer = "adam",
                        std::string_view model = "dense") {
  SmallTraining training(optimizer, model);
  return error_text<E>([&] {
    fit(
        training.session, training.step, training.loss, training.x,
        [&](std::int64_t epoch) { return training.batches_of(epoch); },
        {.epochs = 3, .checkpoint = options}, SourceLocation());
  });
}

TEST(Resume, a_damaged_file_is_named_with_what_to_do) {
  const TestFolder folder;
  SmallTraining("adam", "dense").train({.folder = folder});
  const auto damage = [&](std::int64_t steps) {
    std::string bytes = contents(folder / name_of(steps));
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    folder.write(name_of(steps), bytes);
  };
  damage(12);
  const std::string newest = (folder / name_of(12)).string();
  const std::string text = train_error<DataError>({.folder = folder});
  EXPECT_TRUE(text.starts_with("load_checkpoint: file \"" + newest + "\" is damaged: tensor \""))
      << text;
  EXPECT_TRUE(text.ends_with("\n  remove the file to go on from step 8")) << text;
  fs::remove(newest);
  damage(8);
  EXPECT_TRUE(
      train_error<DataError>({.folder = folder}).ends_with("\n  remove the file to begin anew"));
  fs::remove(folder / name_of(8));
  EXPECT_EQ(train_error<DataError>({.folder = folder}), "no error");
}

TEST(Resume, after_the_damaged_file_was_removed_the_bits_are_the_same) {
  const TestFolder folder;
  SmallTraining whole("adam", "dropout"), resumed("adam", "dropout");
  whole.train({.folder = folder});
  fs::remove(folder / name_of(12));
  EXPECT_EQ(resumed.train({.folder = folder}).resumed_at, 8);
  EXPECT_EQ(resumed.bits(), whole.bits());
}

TEST(Resume, another_training_is_refused_with_all_that_differs) {
  const TestFolder folder;
  SmallTraining("sgd", "dense").train({.folder = folder, .options = {{"batch_size", "3"}}});
  const std::string text =
      train_error<DataError>({.folder = folder, .options = {{"batch_size", "4"}}}, "momentum");
  EXPECT_EQ(std::regex_replace(text, std::regex("[0-9a-f]{8}\""), "#\""),
            "load_checkpoint: file \"" + (folder / name_of(12)).string() +
                "\" is of another training\n"
                "  missing: \"sgd/W/velocity\" float32 [5, 3]\n"
                "  missing: \"sgd/V/velocity\" float32 [3, 5]\n"
                "  option \"batch_size\" is \"4\", in the file \"3\"\n"
                "  option \"nodes that are run\" is \"35 with checksum #\", in the file \"27 with "
                "checksum #\"");
}

TEST(Resume, another_seed_is_refused) {
  const TestFolder folder;
  SmallTraining("sgd", "dense").train({.folder = folder});
  SmallTraining other("sgd", "dense");
  Session session(other.g, {.seed = 8});
  EXPECT_EQ(error_text<DataError>([&] {
              fit(
                  session, other.step, other.loss, other.x,
                  [&](std::int64_t epoch) { return other.batches_of(epoch); },
                  {.checkpoint = {.folder = folder}}, SourceLocation());
            }),
            "load_checkpoint: file \"" + (folder / name_of(12)).string() +
                "\" is of another training\n"
                "  option \"seed of the session\" is \"8\", in the file \"7\"");
  EXPECT_EQ(session.random_state().run_count, 0u);
}

TEST(Resume, another_number_of_batches_in_a_begun_epoch_is_refused) {
  const TestFolder folder;
  SmallTraining first("sgd", "dense"), second("sgd", "dense");
  first.train({.folder = folder, .every = 1, .keep_last = 3});
  fs::remove(folder / name_of(12));
  fs::remove(folder / name_of(11));
  EXPECT_EQ(error_text<DataError>([&] {
              fit(
                  second.session, second.step, second.loss, second.x,
                  [](std::int64_t) {
                    return std::array{Array({{1, 2, 3}})};
                  },
                  {.epochs = 3, .checkpoint = {.folder = folder}}, SourceLocation());
            }),
            "fit: epoch 3 has 1 steps; the checkpoint was made after 2 of 4");
}

TEST(Resume, a_folder_of_a_training_that_goes_on_is_refused) {
  const TestFolder folder;
  SmallTraining first("sgd", "dense");
  {
    const FitLoop loop(first.session, first.step, first.loss, {.checkpoint = {.folder = folder}},
                       SourceLocation());
    EXPECT_EQ(train_error<FileError>({.folder = folder}, "sgd"),
              "fit: a training that has not ended has its checkpoints in folder \"" +
                  folder.path().string() + "\"");
  }
  EXPECT_EQ(train_error<FileError>({.folder = folder}, "sgd"), "no error");
}

TEST(Resume, wrong_options_are_refused) {
  const TestFolder folder;
  const std::string text = ": 0 and 1 are the least";
  EXPECT_EQ(train_error<GraphError>({.folder = folder, .every = -1}),
            "fit: checkpoints every -1 steps, the last 2 are kept" + text);
  EXPECT_EQ(train_error<GraphError>({.folder = folder, .keep_last = 0}),
            "fit: checkpoints every 0 steps, the last 0 are kept" + text);
  folder.write("file", "");
  EXPECT_EQ(train_error<FileError>({.folder = folder / "file"}),
            "fit: folder \"" + (folder / "file").string() + "\" cannot be made: Not a directory");
}

}  // namespace
}  // namespace gradus
