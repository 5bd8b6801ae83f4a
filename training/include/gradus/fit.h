// fit: the training loop that most programs need.
//
//   History history = fit(session, step, loss, {{x, train.images}, {digit, train.labels}},
//                         {.epochs = 20,
//                          .batch_size = 128,
//                          .metrics = {{"accuracy", accuracy(digit, logits)}},
//                          .validation = {.data = {{x, test.images}, {digit, test.labels}}},
//                          .callbacks = {early_stopping({.patience = 3}), csv_log("log.csv")},
//                          .progress = stderr,
//                          .checkpoint = {.folder = "out/last"}});
//
// Data that is made or read while it is used comes from a function of the epoch:
//
//   fit(session, step, loss, x, [&](std::int64_t epoch) { return batches(rows, 10, epoch); });
//   fit(session, step, loss, {x, digit},
//       [&](std::int64_t epoch) { return train.labelled_batches(10, epoch); });
#pragma once

#include <concepts>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gradus/batches.h>
#include <gradus/session.h>

namespace gradus {

// A training with a folder goes on from the checkpoint of the most steps in it, if there is one,
// and ends with the bits of one that was never interrupted: after Ctrl-C, SIGTERM, a crash, in
// another process, with another number of threads. What it needs for that: the batches of an epoch
// depend on the epoch alone.
struct CheckpointOptions {
  // For one training, made if it is missing; empty: nothing is kept.
  std::filesystem::path folder = {};
  // Steps from one checkpoint to the next; 0: one at the end of each epoch. There is one more at
  // the end, and where a signal stopped the training.
  std::int64_t every = 0;
  std::int64_t keep_last = 2;  // older ones are removed
  // What the training depends on beside the session's seed and the nodes that are run, such as the
  // size of a batch: a checkpoint that was made with others is refused.
  std::map<std::string, std::string> options = {};
};

// A number to watch beside the loss: a float scalar that is a mean over the rows of a batch.
struct Metric {
  std::string name;  // "accuracy"
  Tensor value;
};

// What is measured after each epoch, on data that is not trained on.
struct Validation {
  std::vector<Feed> data = {};  // as in evaluate(); empty: nothing is measured
  // Without them those of the training. A model with Dropout or BatchNorm has another loss for
  // training than for use: name the latter here.
  Tensor loss = {};
  std::vector<Metric> metrics = {};
};

// Of a training that went on from a checkpoint, from its first step on.
struct History {
  std::vector<double> losses;             // mean loss of each epoch, each step before its update
  std::vector<double> seconds;            // of each epoch
  std::vector<double> validation_losses;  // after each epoch
  // The other numbers of each epoch by name: "accuracy", and "val_accuracy" of the validation.
  std::map<std::string, std::vector<double>> metrics;
  std::int64_t steps = 0;
  std::int64_t resumed_at = 0;   // of these, those that the checkpoint had
  bool was_interrupted = false;  // the last epoch may then be a part of one
  int signal = 0;                // by SIGINT or SIGTERM; shells exit with 128 + signal

  double total_seconds() const;
  // By the names that Keras has: "loss", "val_loss", and those of `metrics`. DataError, with all
  // names, if there is no such one.
  const std::vector<double>& of(const std::string& name,
                                SourceLocation where = SourceLocation::current()) const;
};

// A training, as callbacks see and change it.
struct Training {
  Session& session;
  // So far. Of the epoch that has just ended, a callback may add a number to `metrics`.
  History& history;
  const std::filesystem::path& folder;  // of the checkpoints; empty if nothing is kept
  SourceLocation where;                 // the call of fit, for errors
  bool is_stopped = false;              // set to true: this epoch was the last

  std::int64_t epoch() const { return std::ssize(history.losses); }  // those that are whole
};

// What happens between the epochs; <gradus/callbacks.h> has the usual ones. A checkpoint is made
// after on_epoch_end and holds the variables that it has set. What else a callback knows is gone
// where a training is stopped; on_train_begin finds it again in the history.
struct Callback {
  std::function<void(Training&)> on_train_begin = {}, on_epoch_end = {}, on_train_end = {};
};

struct FitOptions {
  std::int64_t epochs = 1;
  // Rows of a step, and of a part of the validation; at the end of an epoch what is left.
  std::int64_t batch_size = 32;
  bool shuffle = true;  // the rows of each epoch, in an order that the session's seed decides
  std::vector<Metric> metrics = {};
  Validation validation = {};
  std::vector<Callback> callbacks = {};  // in this order
  // Where progress is written: on a terminal one line that moves (steps, rate, time left, loss),
  // else one line per epoch. Null: nowhere.
  std::FILE* progress = nullptr;
  // The first Ctrl-C (SIGINT) or SIGTERM ends the training after the running step; the next one
  // acts as it would without fit.
  bool stops_on_interrupt = true;
  CheckpointOptions checkpoint = {};
};

// The loop behind fit(), for programs that do more in a step than to run it with a batch:
//
//   FitLoop loop(session, step, loss, options);
//   for (std::int64_t epoch = loop.first_epoch(); epoch < options.epochs; ++epoch) {
//     if (!loop.begin_epoch(steps)) break;
//     for (std::int64_t i = 0; i < steps; ++i)
//       if (!loop.run_step({{x, batch(i)}})) break;
//     loop.end_epoch();
//   }
//   History history = loop.finish();
class FitLoop {
 public:
  // Goes on from the newest checkpoint, if there is a folder that has one: DataError if that is
  // damaged or of another training, FileError. Of the options, batch_size and shuffle are the
  // caller's own matter here.
  FitLoop(Session& session, const Tensor& step, const Tensor& loss, const FitOptions& options,
          SourceLocation where = SourceLocation::current());
  FitLoop(const FitLoop&) = delete;
  FitLoop& operator=(const FitLoop&) = delete;
  ~FitLoop();

  // The epoch to begin with: those before are in the checkpoint.
  std::int64_t first_epoch() const;
  // Whether another epoch is wanted. `steps`: how many this one has, for the time left; in the
  // middle of an epoch DataError if the checkpoint's had others.
  bool begin_epoch(std::int64_t steps);
  // One step; none if the checkpoint has it. False: stop here. NumericsError if the loss is NaN or
  // infinite; the variables then have the values after this step, or, if the session checks
  // (SessionOptions::check_finite), those before it. FileError where no checkpoint can be written.
  bool run_step(const std::vector<Feed>& feeds);
  // Validates, and calls the callbacks. NumericsError if a metric or the validation's loss is NaN or
  // infinite.
  void end_epoch();
  History finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Trains on rows of these feeds, options.batch_size at a time; a scalar is fed to every step.
// `loss` is a float scalar, `step` what an optimizer's minimize() gives. DataError if the feeds
// differ in their number of rows, GraphError if epochs is negative, and the errors of Session::run.
History fit(Session& session, const Tensor& step, const Tensor& loss, const std::vector<Feed>& data,
            const FitOptions& options = {}, SourceLocation where = SourceLocation::current());

// batches_of(epoch) gives a range of known size of what the placeholders are fed with, one step
// each: Array, or ImageSet for two placeholders, or a vector of as many Arrays as there are
// placeholders, else FeedError. A copy of a batch is not kept, so that its memory serves the next.
template <std::invocable<std::int64_t> BatchesOfEpoch>
History fit(Session& session, const Tensor& step, const Tensor& loss,
            const TensorList& placeholders, BatchesOfEpoch batches_of,
            const FitOptions& options = {}, SourceLocation where = SourceLocation::current());
template <std::invocable<std::int64_t> BatchesOfEpoch>
History fit(Session& session, const Tensor& step, const Tensor& loss, const Tensor& x,
            BatchesOfEpoch batches_of, const FitOptions& options = {},
            SourceLocation where = SourceLocation::current()) {
  return fit(session, step, loss, TensorList{x}, std::move(batches_of), options, where);
}

// ---------------------------------------------------------------------------------------------

// The feeds of one batch.
std::vector<Feed> feeds_of(const TensorList& placeholders, const std::vector<Array>& batch,
                           SourceLocation where);
inline std::vector<Feed> feeds_of(const TensorList& placeholders, const Array& batch,
                                  SourceLocation where) {
  return feeds_of(placeholders, std::vector{batch}, where);
}
inline std::vector<Feed> feeds_of(const TensorList& placeholders, const ImageSet& batch,
                                  SourceLocation where) {
  return feeds_of(placeholders, std::vector{batch.images, batch.labels}, where);
}

template <std::invocable<std::int64_t> BatchesOfEpoch>
History fit(Session& session, const Tensor& step, const Tensor& loss,
            const TensorList& placeholders, BatchesOfEpoch batches_of, const FitOptions& options,
            SourceLocation where) {
  FitLoop loop(session, step, loss, options, where);
  for (std::int64_t epoch = loop.first_epoch(); epoch < options.epochs; ++epoch) {
    auto batches = batches_of(epoch);
    if (!loop.begin_epoch(static_cast<std::int64_t>(batches.size()))) break;
    for (const auto& batch : batches)
      if (!loop.run_step(feeds_of(placeholders, batch, where))) break;
    loop.end_epoch();
  }
  return loop.finish();
}

}  // namespace gradus
