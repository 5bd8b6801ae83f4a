#include <gradus/fit.h>

#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "core/throw_at.h"
#include "interrupt.h"

namespace gradus {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// "0.8 s", "42 s", "3 min 05 s"
std::string time_text(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::int64_t>(std::lround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  return fmt::format("{} min {:02} s", whole / 60, whole % 60);
}

// Writes lines for a person; on a terminal the line of the running epoch is written over.
class ProgressLine {
 public:
  explicit ProgressLine(std::FILE* file)
      : file_(file), is_terminal_(file != nullptr && isatty(fileno(file)) != 0) {}

  bool is_due() {
    if (!is_terminal_ || seconds_since(last_) < 0.1) return false;
    last_ = Clock::now();
    return true;
  }
  void show(const std::string& line) { write("\r" + line + "\033[K"); }
  void end(const std::string& line) {
    write((is_terminal_ ? "\r" : "") + line + (is_terminal_ ? "\033[K\n" : "\n"));
  }

 private:
  // A reader that went away ends the messages, not the training.
  void write(const std::string& text) {
    if (file_ == nullptr) return;
    if (std::fputs(text.c_str(), file_) < 0 || std::fflush(file_) != 0) file_ = nullptr;
  }

  std::FILE* file_;
  bool is_terminal_;
  Clock::time_point last_ = Clock::now();
};

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
    if (options.stops_on_interrupt) interrupt_.emplace();
  }

  bool begin_epoch(std::int64_t steps) {
    if (history_.was_interrupted) return false;
    epoch_steps_ = steps;
    done_ = rows_ = 0;
    sum_ = 0;
    start_ = Clock::now();
    return true;
  }

  bool run_step(const std::vector<Feed>& feeds) {
    const double loss = session_.run(fetches_, feeds, where_)[0].item<double>();
    if (!std::isfinite(loss))
      throw_at<DataError>(where_, "fit: the loss \"{}\" is {} at step {} (epoch {})",
                          fetches_[0].name(), loss, history_.steps + 1, history_.losses.size() + 1);
    // A shorter last batch counts for its rows.
    const Array* first = feeds.empty() ? nullptr : &feeds[0].value();
    const std::int64_t rows = first != nullptr && first->rank() > 0 ? first->shape()[0] : 1;
    sum_ += loss * static_cast<double>(rows);
    rows_ += rows;
    ++done_;
    ++history_.steps;
    if (line_.is_due()) show_progress();
    history_.signal = interrupt_ ? interrupt_->signal() : 0;
    history_.was_interrupted = history_.signal != 0;
    return !history_.was_interrupted;
  }

  void end_epoch() {
    const double seconds = seconds_since(start_);
    if (rows_ > 0) {
      history_.losses.push_back(mean_loss());
      history_.seconds.push_back(seconds);
    }
    line_.end(fmt::format("{}  {} steps in {}  loss {:.6g}{}", title(history_.losses.size()), done_,
                          time_text(seconds), mean_loss(),
                          history_.was_interrupted ? "  (interrupted)" : ""));
  }

  History finish() { return std::move(history_); }

 private:
  double mean_loss() const { return rows_ == 0 ? 0 : sum_ / static_cast<double>(rows_); }
  std::string title(std::size_t epoch) const {
    return fmt::format("epoch {:>{}}/{}", epoch, std::to_string(options_.epochs).size(),
                       options_.epochs);
  }
  void show_progress() {
    const double rate = static_cast<double>(done_) / std::max(seconds_since(start_), 1e-9);
    const auto left = static_cast<double>(std::max<std::int64_t>(epoch_steps_ - done_, 0));
    line_.show(fmt::format("{}  {:>3.0f} %  {:.0f} steps/s  {} left  loss {:.6g}",
                           title(history_.losses.size() + 1),
                           100 * static_cast<double>(done_) /
                               static_cast<double>(std::max<std::int64_t>(epoch_steps_, 1)),
                           rate, time_text(left / rate), mean_loss()));
  }

  Session& session_;
  std::vector<Tensor> fetches_;
  FitOptions options_;
  SourceLocation where_;
  ProgressLine line_;
  std::optional<Interrupt> interrupt_;
  History history_;
  std::int64_t epoch_steps_ = 0, done_ = 0, rows_ = 0;
  double sum_ = 0;
  Clock::time_point start_;
};

FitLoop::FitLoop(Session& session, const Tensor& step, const Tensor& loss,
                 const FitOptions& options, SourceLocation where)
    : impl_(std::make_unique<Impl>(session, step, loss, options, where)) {}
FitLoop::~FitLoop() = default;
bool FitLoop::begin_epoch(std::int64_t steps) { return impl_->begin_epoch(steps); }
bool FitLoop::run_step(const std::vector<Feed>& feeds) { return impl_->run_step(feeds); }
void FitLoop::end_epoch() { impl_->end_epoch(); }
History FitLoop::finish() { return impl_->finish(); }

}  // namespace gradus
