// fit: the training loop that most programs need.
//
//   History history = fit(session, step, loss, x,
//                         [&](std::int64_t epoch) { return mnist.train.batches(10, epoch); },
//                         {.epochs = 5, .progress = stderr, .checkpoint = {.folder = "out/last"}});
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

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

struct FitOptions {
  std::int64_t epochs = 1;
  // Where progress is written: on a terminal one line that moves (steps, rate, time left, loss),
  // else one line per epoch. Null: nowhere.
  std::FILE* progress = nullptr;
  // The first Ctrl-C (SIGINT) or SIGTERM ends the training after the running step; the next one
  // acts as it would without fit.
  bool stops_on_interrupt = true;
  // Called after each epoch, for History::validation_losses.
  std::function<double()> validate = {};
  CheckpointOptions checkpoint = {};
};

// Of a training that went on from a checkpoint, from its first step on.
struct History {
  std::vector<double> losses;             // mean loss of each epoch, each step before its update
  std::vector<double> seconds;            // of each epoch
  std::vector<double> validation_losses;  // after each epoch
  std::int64_t steps = 0;
  std::int64_t resumed_at = 0;   // of these, those that the checkpoint had
  bool was_interrupted = false;  // the last epoch may then be a part of one
  int signal = 0;                // by SIGINT or SIGTERM; shells exit with 128 + signal

  double total_seconds() const;
};

// The loop behind fit(), for programs that feed more than one placeholder.
class FitLoop {
 public:
  // Goes on from the newest checkpoint, if there is a folder that has one: DataError if that is
  // damaged or of another training, FileError.
  FitLoop(Session& session, const Tensor& step, const Tensor& loss, const FitOptions& options,
          SourceLocation where);
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
  // (SessionOptions::check_finite), those before it. FileError where no checkpoint can
  // be written.
  bool run_step(const std::vector<Feed>& feeds);
  // DataError if the result of `validate` is NaN or infinite.
  void end_epoch();
  History finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Trains for options.epochs epochs: batches_of(epoch) gives the arrays to feed to x, one step each.
// `loss` is a scalar. GraphError if epochs is negative.
template <class BatchesOfEpoch>
History fit(Session& session, const Tensor& step, const Tensor& loss, const Tensor& x,
            BatchesOfEpoch batches_of, const FitOptions& options = {},
            SourceLocation where = SourceLocation::current()) {
  FitLoop loop(session, step, loss, options, where);
  for (std::int64_t epoch = loop.first_epoch(); epoch < options.epochs; ++epoch) {
    auto batches = batches_of(epoch);
    if (!loop.begin_epoch(static_cast<std::int64_t>(batches.size()))) break;
    std::vector<Feed> feed;
    for (const Array& batch : batches) {
      feed.emplace_back(x, batch);
      const bool goes_on = loop.run_step(feed);
      feed.clear();  // so that nobody holds the batch, and its memory serves the next one
      if (!goes_on) break;
    }
    loop.end_epoch();
  }
  return loop.finish();
}

}  // namespace gradus
