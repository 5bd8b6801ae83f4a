// fit: the training loop that most programs need.
//
//   History history = fit(session, step, loss, x,
//                         [&](std::int64_t epoch) { return mnist.train.batches(10, epoch); },
//                         {.epochs = 5, .progress = stderr});
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <vector>

#include <gradus/session.h>

namespace gradus {

struct FitOptions {
  std::int64_t epochs = 1;
  // Where progress is written: on a terminal one line that moves (steps, rate, time left, loss),
  // else one line per epoch. Null: nowhere.
  std::FILE* progress = nullptr;
  // The first Ctrl-C (SIGINT) or SIGTERM ends the training after the running step; the next one
  // acts as it would without fit.
  bool stops_on_interrupt = true;
};

struct History {
  std::vector<double> losses;   // mean loss of each epoch, each step before its update
  std::vector<double> seconds;  // of each epoch
  std::int64_t steps = 0;
  bool was_interrupted = false;  // the last epoch may then be a part of one
  int signal = 0;                // by SIGINT or SIGTERM; shells exit with 128 + signal

  double total_seconds() const;
};

// The loop behind fit(), for programs that feed more than one placeholder.
class FitLoop {
 public:
  FitLoop(Session& session, const Tensor& step, const Tensor& loss, const FitOptions& options,
          SourceLocation where);
  FitLoop(const FitLoop&) = delete;
  FitLoop& operator=(const FitLoop&) = delete;
  ~FitLoop();

  // Whether another epoch is wanted. `steps`: how many this one has, for the time left.
  bool begin_epoch(std::int64_t steps);
  // One step. False: stop here. DataError if the loss is NaN or infinite; the variables then have
  // the values after this step.
  bool run_step(const std::vector<Feed>& feeds);
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
  for (std::int64_t epoch = 0; epoch < options.epochs; ++epoch) {
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
