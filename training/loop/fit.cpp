#include <gradus/fit.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>

#include <fmt/format.h>

#include <gradus/evaluate.h>
#include <gradus/text.h>

#include "checkpoint_folder.h"
#include "core/throw_at.h"
#include "fed_rows.h"
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

// The loss, the step, and what is watched beside.
std::vector<Tensor> fetches_of(const Tensor& loss, const Tensor& step,
                               const std::vector<Metric>& metrics) {
  std::vector<Tensor> fetches{loss, step};
  for (const Metric& metric : metrics) fetches.push_back(metric.value);
  return fetches;
}

}  // namespace

double History::total_seconds() const {
  return std::accumulate(seconds.begin(), seconds.end(), 0.0);
}

const std::vector<double>& History::of(const std::string& name, SourceLocation where) const {
  if (name == "loss") return losses;
  if (name == "val_loss" && !validation_losses.empty()) return validation_losses;
  if (const auto found = metrics.find(name); found != metrics.end()) return found->second;
  std::string names = "\"loss\"";
  if (!validation_losses.empty()) names += ", \"val_loss\"";
  for (const auto& [other, values] : metrics) names += ", \"" + other + "\"";
  throw_at<DataError>(where, "history: there is no \"{}\", but {}", name, names);
}

class FitLoop::Impl {
 public:
  Impl(Session& session, const Tensor& step, const Tensor& loss, const FitOptions& options,
       SourceLocation where)
      : session_(session),
        fetches_(fetches_of(loss, step, options.metrics)),
        options_(options),
        where_(where),
        line_(options.progress) {
    if (options.epochs < 0) throw_at<GraphError>(where, "fit: {} epochs", options.epochs);
    if (!loss || !step) throw_at<GraphError>(where, "fit: the loss or the step is an empty Tensor");
    check_scalar("loss", loss);
    check_metrics(options.metrics);
    if (!options.validation.data.empty()) {
      if (!options_.validation.loss) options_.validation.loss = loss;
      if (options_.validation.metrics.empty()) options_.validation.metrics = options.metrics;
      check_scalar("validation's loss", options_.validation.loss);
      check_metrics(options_.validation.metrics);
    }
    forget_epoch();
    if (!options.checkpoint.folder.empty()) resume();
    if (options.stops_on_interrupt) interrupt_.emplace();
    call(&Callback::on_train_begin);
  }

  std::int64_t first_epoch() const { return state_.epoch; }

  bool begin_epoch(std::int64_t steps) {
    if (was_interrupted() || training_.is_stopped) return false;
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
    const std::vector<Array> values = values_of_step(feeds);
    const double loss = values[0].item<double>();
    if (!std::isfinite(loss))
      throw_at<NumericsError>(where_,
                              "fit: the loss \"{}\" is {} at step {} (epoch {}); "
                              "SessionOptions::check_finite tells which node made it",
                              fetches_[0].name(), loss, history_.steps + 1, state_.epoch + 1);
    // A shorter last batch counts for its rows.
    const auto fed =
        std::ranges::find_if(feeds, [](const Feed& feed) { return feed.value().rank() > 0; });
    const std::int64_t rows = fed == feeds.end() ? 1 : fed->value().shape()[0];
    state_.epoch_loss += loss * static_cast<double>(rows);
    for (std::size_t i = 0; i < options_.metrics.size(); ++i)
      state_.epoch_metrics[i] += values[2 + i].item<double>() * static_cast<double>(rows);
    state_.epoch_rows += rows;
    ++state_.epoch_steps;
    ++history_.steps;
    if (line_.is_due()) show_progress();
    signal_ = interrupt_ ? interrupt_->signal() : 0;
    const std::int64_t every = options_.checkpoint.every;
    if (was_interrupted() || (every > 0 && history_.steps % every == 0)) save();
    return !was_interrupted();
  }

  void end_epoch() {
    const double seconds = epoch_seconds();
    std::string numbers = numbers_so_far();
    if (state_.epoch_rows > 0) {
      history_.losses.push_back(mean(state_.epoch_loss));
      history_.seconds.push_back(seconds);
      for (std::size_t i = 0; i < options_.metrics.size(); ++i)
        add(options_.metrics[i].name, mean(state_.epoch_metrics[i]));
      if (!options_.validation.data.empty()) numbers += validate();
    }
    ++state_.epoch;
    line_.end(fmt::format("{}  {} steps in {}  {}{}", title(state_.epoch), state_.epoch_steps,
                          time_text(seconds), numbers, was_interrupted() ? "  (interrupted)" : ""));
    forget_epoch();
    if (was_interrupted()) return;
    call(&Callback::on_epoch_end);
    if (options_.checkpoint.every == 0) save();
  }

  History finish() {
    if (!was_interrupted()) save();
    history_.was_interrupted = was_interrupted();
    history_.signal = signal_;
    call(&Callback::on_train_end);
    return std::move(history_);
  }

 private:
  void check_scalar(std::string_view what, const Tensor& t) const {
    if (t.rank() != 0 || !is_float(t.dtype()))
      throw_at<ShapeError>(where_, "fit: the {} \"{}\" must be a float scalar, it is {} {}", what,
                           t.name(), to_text(t.dtype()), to_text(t.shape()));
  }
  void check_metrics(const std::vector<Metric>& metrics) const {
    for (const auto& [name, value] : metrics) {
      if (!value) throw_at<GraphError>(where_, "fit: the metric \"{}\" is an empty Tensor", name);
      check_scalar("metric", value);
      if (std::ranges::count(metrics, name, &Metric::name) > 1 || name == "loss" ||
          name == "val_loss")
        throw_at<GraphError>(where_, "fit: a metric's name is taken: \"{}\"", name);
    }
  }

  std::vector<Array> values_of_step(const std::vector<Feed>& feeds) {
    try {
      return session_.run(fetches_, feeds, where_);
    } catch (const NumericsError& error) {
      throw with_step(error);
    }
  }
  NumericsError with_step(const NumericsError& error) const {
    NumericsError told(fmt::format("fit: step {} (epoch {}): {}", history_.steps + 1,
                                   state_.epoch + 1, error.what()));
    told.failed_call = error.failed_call;
    return told;
  }

  void resume() {
    folder_.emplace(with_own_options(options_.checkpoint, session_, fetches_), where_);
    std::optional<TrainingState> newest = folder_->load_newest(session_);
    if (!newest) return;
    state_ = std::move(*newest);
    history_.losses = std::move(state_.losses);
    history_.seconds = std::move(state_.seconds);
    history_.validation_losses = std::move(state_.validation_losses);
    history_.metrics = std::move(state_.metrics);
    history_.steps = history_.resumed_at = saved_at_ = state_.steps;
    state_.epoch_metrics.resize(options_.metrics.size());
    resumed_ = session_.random_state();
    line_.end(fmt::format("goes on after step {}", history_.steps));
  }

  void forget_epoch() {
    state_.epoch_size = state_.epoch_steps = state_.epoch_rows = 0;
    state_.epoch_loss = state_.epoch_seconds = 0;
    state_.epoch_metrics.assign(options_.metrics.size(), 0.0);
  }

  // Where the session is that of the last checkpoint, there is nothing new to save.
  void save() {
    if (!folder_ || saved_at_ == history_.steps) return;
    TrainingState now = state_;
    now.steps = history_.steps;
    now.losses = history_.losses;
    now.seconds = history_.seconds;
    now.validation_losses = history_.validation_losses;
    now.metrics = history_.metrics;
    now.epoch_seconds = state_.epoch_steps > 0 ? epoch_seconds() : 0;
    folder_->save(session_, std::move(now));
    saved_at_ = history_.steps;
  }

  // What it adds to the line of the epoch.
  std::string validate() {
    const auto& [data, loss, metrics] = options_.validation;
    std::vector<Tensor> means{loss};
    for (const Metric& metric : metrics) means.push_back(metric.value);
    const std::vector<double> values =
        evaluate(session_, means, data, {.batch_size = options_.batch_size}, where_);
    if (!std::isfinite(values[0]))
      throw_at<NumericsError>(where_, "fit: the validation's loss \"{}\" is {} after epoch {}",
                              loss.name(), values[0], state_.epoch + 1);
    history_.validation_losses.push_back(values[0]);
    std::string text = fmt::format("  val_loss {:.6g}", values[0]);
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      add("val_" + metrics[i].name, values[1 + i]);
      text += fmt::format("  val_{} {:.6g}", metrics[i].name, values[1 + i]);
    }
    return text;
  }

  void add(const std::string& name, double value) {
    if (!std::isfinite(value))
      throw_at<NumericsError>(where_, "fit: the metric \"{}\" is {} in epoch {}", name, value,
                              state_.epoch + 1);
    history_.metrics[name].push_back(value);
  }

  void call(std::function<void(Training&)> Callback::*when) {
    for (const Callback& callback : options_.callbacks)
      if (callback.*when) (callback.*when)(training_);
  }

  bool was_interrupted() const { return signal_ != 0; }
  double epoch_seconds() const { return state_.epoch_seconds + seconds_since(start_); }
  // Of the rows of this epoch so far.
  double mean(double sum) const {
    return state_.epoch_rows == 0 ? 0 : sum / static_cast<double>(state_.epoch_rows);
  }
  std::string numbers_so_far() const {
    std::string text = fmt::format("loss {:.6g}", mean(state_.epoch_loss));
    for (std::size_t i = 0; i < options_.metrics.size(); ++i)
      text += fmt::format("  {} {:.6g}", options_.metrics[i].name, mean(state_.epoch_metrics[i]));
    return text;
  }
  std::string title(std::int64_t epoch) const {
    return fmt::format("epoch {:>{}}/{}", epoch, std::to_string(options_.epochs).size(),
                       options_.epochs);
  }
  void show_progress() {
    const auto done = static_cast<double>(state_.epoch_steps);
    const double rate = done / std::max(epoch_seconds(), 1e-9);
    const auto size = static_cast<double>(state_.epoch_size);
    line_.show(fmt::format("{}  {:>3.0f} %  {:.0f} steps/s  {} left  {}", title(state_.epoch + 1),
                           100 * done / std::max(size, 1.0), rate,
                           time_text(std::max(size - done, 0.0) / rate), numbers_so_far()));
  }

  Session& session_;
  std::vector<Tensor> fetches_;
  FitOptions options_;
  SourceLocation where_;
  ProgressLine line_;
  std::optional<Interrupt> interrupt_;
  std::optional<CheckpointFolder> folder_;
  History history_;
  TrainingState state_;  // of the epochs, and of the one that was begun
  Training training_{session_, history_, options_.checkpoint.folder, where_};
  std::optional<RandomState> resumed_;
  std::int64_t saved_at_ = 0, steps_to_skip_ = 0;
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

History fit(Session& session, const Tensor& step, const Tensor& loss, const std::vector<Feed>& data,
            const FitOptions& options, SourceLocation where) {
  const FedRows rows("fit", data, options.batch_size, where);
  FitOptions with_size = options;
  with_size.checkpoint.options["rows of a batch"] =
      fmt::format("{}{}", options.batch_size, options.shuffle ? ", shuffled" : "");
  FitLoop loop(session, step, loss, with_size, where);
  const BatchOptions order{.seed = session.options().seed, .shuffle = options.shuffle};
  for (std::int64_t epoch = loop.first_epoch(); epoch < options.epochs; ++epoch) {
    const Batches<std::vector<Array>> batches = rows.batches(epoch, order);
    if (!loop.begin_epoch(batches.size())) break;
    for (const std::vector<Array>& batch : batches)
      if (!loop.run_step(rows.feeds(batch))) break;
    loop.end_epoch();
  }
  return loop.finish();
}

std::vector<Feed> feeds_of(const TensorList& placeholders, const std::vector<Array>& batch,
                           SourceLocation where) {
  if (batch.size() != placeholders.size())
    throw_at<FeedError>(where, "fit: a batch has {} arrays for {} placeholders", batch.size(),
                        placeholders.size());
  std::vector<Feed> feeds;
  for (std::size_t i = 0; i < batch.size(); ++i) feeds.emplace_back(placeholders[i], batch[i]);
  return feeds;
}

}  // namespace gradus
