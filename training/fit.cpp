#include <gradus/fit.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>

#include <fmt/format.h>

#include <gradus/text.h>

#include "checkpoint_folder.h"
#include "core/throw_at.h"
#include "interchange/crc32c.h"
#include "interrupt.h"
#include "progress_line.h"

namespace gradus {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// With what fit itself knows that the steps depend on. The listing of the nodes that are run has
// their names, constants and random streams.
CheckpointOptions with_own_options(CheckpointOptions options, const Session& session,
                                   const std::vector<Tensor>& fetches) {
  const std::string nodes = listing(fetches);
  options.options["seed of the session"] = std::to_string(session.options().seed);
  options.options["nodes that are run"] =
      fmt::format("{} with checksum {:08x}", std::count(nodes.begin(), nodes.end(), '\n'),
                  crc32c(std::as_bytes(std::span(nodes))));
  return options;
}

}  // namespace

double History::total_seconds() const {
  return std::accumulate(seconds.begin(), seconds.end(), 0.0);
}

class FitLoop::Impl {
 public:
  Impl(Session& session, const Tensor& step, const Tensor& loss, const FitOptions& options,
       SourceLocation where)
      : session_(session),
        fetches_{loss, step},
        options_(options),
        where_(where),
        line_(options.progress) {
    if (options.epochs < 0) throw_at<GraphError>(where, "fit: {} epochs", options.epochs);
    if (!loss || !step) throw_at<GraphError>(where, "fit: the loss or the step is an empty Tensor");
    if (loss.rank() != 0 || !is_float(loss.dtype()))
      throw_at<ShapeError>(where, "fit: the loss \"{}\" must be a float scalar, it is {} {}",
                           loss.name(), to_text(loss.dtype()), to_text(loss.shape()));
    if (!options.checkpoint.folder.empty()) resume();
    if (options.stops_on_interrupt) interrupt_.emplace();
  }

  std::int64_t first_epoch() const { return state_.epoch; }

  bool begin_epoch(std::int64_t steps) {
    if (was_interrupted()) return false;
    start_ = Clock::now();
    if (resumed_ && state_.epoch_steps > 0) {
      if (steps != state_.epoch_size)
        throw_at<DataError>(where_,
                            "fit: epoch {} has {} steps; the checkpoint was made after {} of {}",
                            state_.epoch + 1, steps, state_.epoch_steps, state_.epoch_size);
      // Who makes the batches may have run the session, as it was done before the first of them.
      session_.set_random_state(*resumed_, where_);
      steps_to_skip_ = state_.epoch_steps;
    } else {
      forget_epoch();
    }
    resumed_.reset();
    state_.epoch_size = steps;
    return true;
  }

  bool run_step(const std::vector<Feed>& feeds) {
    if (steps_to_skip_ > 0) {
      --steps_to_skip_;
      return true;
    }
    const double loss = loss_of_step(feeds);
    if (!std::isfinite(loss))
      throw_at<NumericsError>(where_,
                              "fit: the loss \"{}\" is {} at step {} (epoch {}); "
                              "SessionOptions::check_finite tells which node made it",
                              fetches_[0].name(), loss, state_.steps + 1, state_.epoch + 1);
    // A shorter last batch counts for its rows.
    const Array* first = feeds.empty() ? nullptr : &feeds[0].value();
    const std::int64_t rows = first != nullptr && first->rank() > 0 ? first->shape()[0] : 1;
    state_.epoch_loss += loss * static_cast<double>(rows);
    state_.epoch_rows += rows;
    ++state_.epoch_steps;
    ++state_.steps;
    if (line_.is_due()) show_progress();
    signal_ = interrupt_ ? interrupt_->signal() : 0;
    const std::int64_t every = options_.checkpoint.every;
    if (was_interrupted() || (every > 0 && state_.steps % every == 0)) save();
    return !was_interrupted();
  }

  void end_epoch() {
    const double seconds = epoch_seconds(), loss = mean_loss();
    if (state_.epoch_rows > 0) {
      state_.losses.push_back(loss);
      state_.seconds.push_back(seconds);
      if (options_.validate) validate();
    }
    ++state_.epoch;
    line_.end(fmt::format("{}  {} steps in {}  loss {:.6g}{}", title(state_.epoch),
                          state_.epoch_steps, time_text(seconds), loss,
                          was_interrupted() ? "  (interrupted)" : ""));
    forget_epoch();
    if (!was_interrupted() && options_.checkpoint.every == 0) save();
  }

  History finish() {
    if (!was_interrupted()) save();
    return {.losses = std::move(state_.losses),
            .seconds = std::move(state_.seconds),
            .validation_losses = std::move(state_.validation_losses),
            .steps = state_.steps,
            .resumed_at = resumed_at_,
            .was_interrupted = was_interrupted(),
            .signal = signal_};
  }

 private:
  double loss_of_step(const std::vector<Feed>& feeds) {
    try {
      return session_.run(fetches_, feeds, where_)[0].item<double>();
    } catch (const NumericsError& error) {
      throw with_step(error);
    }
  }
  NumericsError with_step(const NumericsError& error) const {
    NumericsError told(fmt::format("fit: step {} (epoch {}): {}", state_.steps + 1,
                                   state_.epoch + 1, error.what()));
    told.failed_call = error.failed_call;
    return told;
  }

  void resume() {
    folder_.emplace(with_own_options(options_.checkpoint, session_, fetches_), where_);
    std::optional<TrainingState> newest = folder_->load_newest(session_);
    if (!newest) return;
    state_ = std::move(*newest);
    resumed_ = session_.random_state();
    resumed_at_ = saved_at_ = state_.steps;
    line_.end(fmt::format("goes on after step {}", state_.steps));
  }

  void forget_epoch() {
    state_.epoch_size = state_.epoch_steps = state_.epoch_rows = 0;
    state_.epoch_loss = state_.epoch_seconds = 0;
  }

  // Where the session is that of the last checkpoint, there is nothing new to save.
  void save() {
    if (!folder_ || saved_at_ == state_.steps) return;
    TrainingState now = state_;
    now.epoch_seconds = state_.epoch_steps > 0 ? epoch_seconds() : 0;
    folder_->save(session_, std::move(now));
    saved_at_ = state_.steps;
  }

  void validate() {
    const double loss = options_.validate();
    if (!std::isfinite(loss))
      throw_at<DataError>(where_, "fit: the validation is {} after epoch {}", loss,
                          state_.epoch + 1);
    state_.validation_losses.push_back(loss);
  }

  bool was_interrupted() const { return signal_ != 0; }
  double epoch_seconds() const { return state_.epoch_seconds + seconds_since(start_); }
  double mean_loss() const {
    return state_.epoch_rows == 0 ? 0 : state_.epoch_loss / static_cast<double>(state_.epoch_rows);
  }
  std::string title(std::int64_t epoch) const {
    return fmt::format("epoch {:>{}}/{}", epoch, std::to_string(options_.epochs).size(),
                       options_.epochs);
  }
  void show_progress() {
    const auto done = static_cast<double>(state_.epoch_steps);
    const double rate = done / std::max(epoch_seconds(), 1e-9);
    const auto size = static_cast<double>(state_.epoch_size);
    line_.show(fmt::format("{}  {:>3.0f} %  {:.0f} steps/s  {} left  loss {:.6g}",
                           title(state_.epoch + 1), 100 * done / std::max(size, 1.0), rate,
                           time_text(std::max(size - done, 0.0) / rate), mean_loss()));
  }

  Session& session_;
  std::vector<Tensor> fetches_;
  FitOptions options_;
  SourceLocation where_;
  ProgressLine line_;
  std::optional<Interrupt> interrupt_;
  std::optional<CheckpointFolder> folder_;
  TrainingState state_;
  std::optional<RandomState> resumed_;
  std::int64_t resumed_at_ = 0, saved_at_ = 0, steps_to_skip_ = 0;
  int signal_ = 0;
  Clock::time_point start_;
};

FitLoop::FitLoop(Session& session, const Tensor& step, const Tensor& loss,
                 const FitOptions& options, SourceLocation where)
    : impl_(std::make_unique<Impl>(session, step, loss, options, where)) {}
FitLoop::~FitLoop() = default;
std::int64_t FitLoop::first_epoch() const { return impl_->first_epoch(); }
bool FitLoop::begin_epoch(std::int64_t steps) { return impl_->begin_epoch(steps); }
bool FitLoop::run_step(const std::vector<Feed>& feeds) { return impl_->run_step(feeds); }
void FitLoop::end_epoch() { impl_->end_epoch(); }
History FitLoop::finish() { return impl_->finish(); }

}  // namespace gradus
