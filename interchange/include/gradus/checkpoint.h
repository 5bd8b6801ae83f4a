// Checkpoints: all that a training needs to go on where it stands, in one file. fit() keeps them by
// itself (FitOptions::checkpoint); these two are for loops of one's own.
//
//   save_checkpoint("last.safetensors", session, {.epoch = 3, .options = {{"batch_size", "10"}}});
//   const TrainingState state = load_checkpoint("last.safetensors", session);   // state.epoch is 3
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gradus/session.h>

namespace gradus {

// What a checkpoint holds beside variables and random state. All of it is the loop's own; the
// numbers come back to the bit, and must be finite.
struct TrainingState {
  std::int64_t epoch = 0;  // epochs that are whole
  std::int64_t steps = 0;  // in all of them, and in the one that was begun
  std::vector<double> losses = {}, validation_losses = {}, seconds = {};  // of each epoch
  std::map<std::string, std::vector<double>> metrics = {};  // other numbers of each epoch

  // The epoch that was begun: its steps, those that are done, and of these the rows, the sums over
  // all rows of the loss and of each metric, and the time.
  std::int64_t epoch_size = 0, epoch_steps = 0, epoch_rows = 0;
  double epoch_loss = 0, epoch_seconds = 0;
  std::vector<double> epoch_metrics = {};

  // What the training depends on beside its graph: {"learning_rate", "0.001"}.
  std::map<std::string, std::string> options = {};
};

// All variables of the session's graph, those of optimizers too, its seed and number of runs, and
// `state`, with checksums. Replaces the file as write_file does: whole, or not at all. At a time,
// the values are in memory twice. FileError; DataError where a name or option is no UTF-8, or a
// number is not finite.
void save_checkpoint(const std::filesystem::path& path, Session& session,
                     const TrainingState& state = {},
                     SourceLocation where = SourceLocation::current());

// The session goes on as the one that was saved would have, bit for bit, with any number of
// threads. DataError for a file that is damaged or no checkpoint; DataError that lists all that
// differs, if the variables of the graph are not those of the file, or it was made with another
// value of one of `options`. Whatever is refused, the session has not changed.
TrainingState load_checkpoint(const std::filesystem::path& path, Session& session,
                              const std::map<std::string, std::string>& options = {},
                              SourceLocation where = SourceLocation::current());

}  // namespace gradus
