// The code of docs/keeping.md on weights and checkpoints.
#include <cstdio>
#include <filesystem>

#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "support/test_folder.h"

namespace gradus {
namespace {

// The document's paths are relative.
struct Keeping : testing::Test {
  Keeping() { std::filesystem::current_path(folder); }
  ~Keeping() override { std::filesystem::current_path(before); }

  const std::filesystem::path before = std::filesystem::current_path();
  const TestFolder folder;
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 6});
  models::AutoEncoder ae{g, {6, 4, 2}}, other{g, {6, 4, 3}};
  Tensor loss = reconstruction_error(ae(x), x);
  Tensor step = Adam{}.minimize(loss);
  Session session{g, {.seed = 42}};
  Array rows = noisy_sheet(64, 1).points.reshaped({32, 6});
};

TEST_F(Keeping, weights) {
  // [weights]
  save_weights("ae.safetensors", session, ae.variables());
  load_weights("ae.safetensors", session, ae.variables());

  // One matrix into another model, whose names begin with another word.
  NotLoaded rest = load_weights("ae.safetensors", session, other.trainable_variables("W1"),
                                {.strict = false, .rename = [&](const std::string& name) {
                                   return ae.name() + name.substr(other.name().size());
                                 }});
  for (const std::string& tensor : rest.left_over) std::puts(tensor.c_str());
  // [weights]
  EXPECT_TRUE(rest.missing.empty());
  EXPECT_EQ(rest.left_over.size(), ae.variables().size() - 1);
}

TEST_F(Keeping, a_training_with_checkpoints) {
  // [fit]
  History history =
      fit(session, step, loss, x, [&](std::int64_t epoch) { return batches(rows, 8, epoch); },
          {.epochs = 3, .checkpoint = {.folder = "out/last", .options = {{"batch_size", "8"}}}});
  // [fit]
  EXPECT_EQ(history.steps, 12);
  EXPECT_TRUE(std::filesystem::exists("out/last/checkpoint-0000000012.safetensors"));
}

TEST_F(Keeping, a_loop_of_ones_own) {
  // [loop]
  TrainingState state;
  if (std::filesystem::exists("last.safetensors"))
    state = load_checkpoint("last.safetensors", session, {{"batch_size", "8"}});
  for (; state.epoch < 3; ++state.epoch) {
    for (const Array& batch : batches(rows, 8, state.epoch)) session.run(step, {{x, batch}});
    save_checkpoint("last.safetensors", session,
                    {.epoch = state.epoch + 1, .options = {{"batch_size", "8"}}});
  }
  // [loop]
  Session next(g);
  EXPECT_EQ(load_checkpoint("last.safetensors", next).epoch, 3);
  EXPECT_EQ(next.random_state().run_count, 12u);
}

}  // namespace
}  // namespace gradus
