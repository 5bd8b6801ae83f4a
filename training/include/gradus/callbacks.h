// The callbacks of fit() that most programs need. `monitor` is one of the names of History::of:
// "loss", "val_loss", "accuracy", "val_accuracy". In a training that goes on from a checkpoint they
// go on, too.
//
//   {.callbacks = {early_stopping({.monitor = "val_accuracy", .mode = Best::largest}),
//                  csv_log("log.csv"), tensorboard_log("logs/run_1")}}
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <gradus/fit.h>

namespace gradus {

// Which value of a number is the best one. By its name: the largest of what ends with "accuracy",
// "auc", "precision", "recall" or "f1_score", else the smallest.
enum class Best { by_name, smallest, largest };

struct EarlyStoppingOptions {
  std::string monitor = "val_loss";
  std::int64_t patience = 0;  // epochs without a better value that are let pass
  double min_delta = 0;       // what is better by less, or as much, is not better
  Best mode = Best::by_name;
  // At the end the session goes back to where it was after the best epoch: all variables, those of
  // optimizers, too, and the random state. With a folder of checkpoints that state is in its file
  // best-<monitor>.safetensors, else in memory.
  bool restore_best_weights = true;
};
// Keras's EarlyStopping. Ends the training in the epoch after `patience` epochs that were not
// better. GraphError if patience or min_delta is negative; at the end of an epoch DataError if it
// has no such number.
Callback early_stopping(const EarlyStoppingOptions& options = {},
                        SourceLocation where = SourceLocation::current());

struct ReduceOnPlateauOptions {
  std::string monitor = "val_loss";
  double factor = 0.1;  // what the rate is multiplied with
  std::int64_t patience = 10;
  double min_delta = 1e-4;
  std::int64_t cooldown = 0;  // epochs after each reduction that do not count
  double min_learning_rate = 0;
  Best mode = Best::by_name;
};
// Keras's ReduceLROnPlateau, of a scalar variable that is the optimizer's rate:
//
//   Variable rate = g.variable("learning_rate", Array(1e-3), false);
//   Tensor step = Adam{.learning_rate = rate}.minimize(loss);
//   fit(..., {.callbacks = {reduce_on_plateau(rate)}});
//
// GraphError if the variable is no float scalar, factor is not in (0, 1), or a number is negative.
Callback reduce_on_plateau(const Variable& learning_rate,
                           const ReduceOnPlateauOptions& options = {},
                           SourceLocation where = SourceLocation::current());

// A line for each epoch as it ends: its number, from 1 on, and all numbers of History::of, below a
// line of their names. Replaces the file; a training that goes on writes the epochs before again.
// FileError.
Callback csv_log(const std::filesystem::path& path);

// The numbers of History::of for TensorBoard (tensorboard --logdir folder), in an event file of its
// own for each training; one that goes on writes the epochs before again. Their steps are the
// epochs, from 1 on. FileError.
Callback tensorboard_log(const std::filesystem::path& folder);

}  // namespace gradus
