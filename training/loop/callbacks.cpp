#include <gradus/callbacks.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/throw_at.h"
#include "interchange/checkpoint_file.h"
#include "log_file.h"
#include "training/check_option.h"

namespace gradus {
namespace {

// One state that the moments of a training share.
template <class T>
Callback callback_of(std::shared_ptr<T> state) {
  return {.on_train_begin = [state](Training& training) { state->begin(training); },
          .on_epoch_end = [state](Training& training) { state->end_epoch(training); },
          .on_train_end = [state](Training& training) { state->end(training); }};
}

// A number of the history, and the best it has been.
class Monitor {
 public:
  Monitor(std::string name, Best mode, double min_delta)
      : name_(std::move(name)), min_delta_(min_delta) {
    constexpr std::array<std::string_view, 5> larger{"accuracy", "auc", "precision", "recall",
                                                     "f1_score"};
    is_larger_better_ =
        mode == Best::largest ||
        (mode == Best::by_name &&
         std::ranges::any_of(larger, [&](std::string_view end) { return name_.ends_with(end); }));
  }

  const std::string& name() const { return name_; }
  const std::vector<double>& values(const Training& training) const {
    return training.history.of(name_, training.where);
  }
  bool improves(double value) {
    const double by = best_ ? (is_larger_better_ ? value - *best_ : *best_ - value) : 0;
    if (best_ && !(by > min_delta_)) return false;
    best_ = value;
    return true;
  }
  void forget() { best_.reset(); }

 private:
  std::string name_;
  double min_delta_;
  bool is_larger_better_;
  std::optional<double> best_;
};

// see(value, epoch) of all epochs before, where a training goes on.
template <class F>
void for_each_past(const Monitor& monitor, const Training& training, F see) {
  if (training.epoch() == 0) return;
  const std::vector<double>& values = monitor.values(training);
  for (std::size_t i = 0; i < values.size(); ++i) see(values[i], static_cast<std::int64_t>(i) + 1);
}

// All that a session holds, in memory or in a file.
class KeptSession {
 public:
  explicit KeptSession(std::string file_name) : file_name_(std::move(file_name)) {}

  void keep(const Training& training) {
    if (!training.folder.empty()) {
      save_checkpoint(training.folder / file_name_, training.session, {.epoch = training.epoch()},
                      training.where);
      return;
    }
    values_.clear();
    for (const Variable& v : training.session.graph().variables())
      values_.push_back({v, training.session.value(v, training.where)});
    random_ = training.session.random_state();
  }
  // As it was after that epoch.
  void restore(const Training& training, std::int64_t epoch) {
    if (training.folder.empty()) {
      training.session.set(values_, training.where);
      training.session.set_random_state(random_, training.where);
      return;
    }
    const std::filesystem::path path = training.folder / file_name_;
    CheckpointFile file(path, training.where);
    if (file.state().epoch != epoch)
      throw_at<DataError>(training.where,
                          "early_stopping: file \"{}\" is of epoch {}, and the best one was {}",
                          path.string(), file.state().epoch, epoch);
    file.restore(training.session, {}, training.where);
  }

 private:
  std::string file_name_;
  std::vector<VariableValue> values_;
  RandomState random_;
};

std::string file_name_of(std::string monitor) {
  std::ranges::replace(monitor, '/', '_');
  return fmt::format("best-{}.safetensors", monitor);
}

class EarlyStopping {
 public:
  explicit EarlyStopping(const EarlyStoppingOptions& options)
      : monitor_(options.monitor, options.mode, options.min_delta),
        patience_(options.patience),
        restores_(options.restore_best_weights),
        best_session_(file_name_of(options.monitor)) {}

  void begin(Training& training) {
    monitor_.forget();
    waited_ = best_epoch_ = 0;
    for_each_past(monitor_, training, [&](double value, std::int64_t epoch) { see(value, epoch); });
    stop_if_waited(training);
  }
  void end_epoch(Training& training) {
    see(monitor_.values(training).back(), training.epoch());
    if (restores_ && best_epoch_ == training.epoch()) best_session_.keep(training);
    stop_if_waited(training);
  }
  void end(const Training& training) {
    // 0: it was interrupted before the first epoch was whole.
    if (restores_ && best_epoch_ > 0 && best_epoch_ != training.epoch())
      best_session_.restore(training, best_epoch_);
  }

 private:
  void see(double value, std::int64_t epoch) {
    ++waited_;
    if (!monitor_.improves(value)) return;
    waited_ = 0;
    best_epoch_ = epoch;
  }
  void stop_if_waited(Training& training) const {
    if (waited_ > 0 && waited_ >= patience_) training.is_stopped = true;
  }

  Monitor monitor_;
  std::int64_t patience_, waited_ = 0, best_epoch_ = 0;
  bool restores_;
  KeptSession best_session_;
};

class ReduceOnPlateau {
 public:
  ReduceOnPlateau(Variable rate, const ReduceOnPlateauOptions& options)
      : rate_(std::move(rate)),
        options_(options),
        monitor_(options.monitor, options.mode, options.min_delta) {}

  void begin(Training& training) {
    monitor_.forget();
    waited_ = cooling_ = 0;
    for_each_past(monitor_, training, [&](double value, std::int64_t) { see(value); });
  }
  void end_epoch(Training& training) {
    if (!see(monitor_.values(training).back())) return;
    const double rate = training.session.value(rate_, training.where).item<double>();
    const double reduced = std::max(rate * options_.factor, options_.min_learning_rate);
    if (reduced < rate) training.session.set(rate_, Array(reduced, rate_.dtype()), training.where);
  }
  void end(const Training&) {}

 private:
  // Whether the rate is to be reduced.
  bool see(double value) {
    if (cooling_ > 0) {
      --cooling_;
      waited_ = 0;
    }
    if (monitor_.improves(value)) {
      waited_ = 0;
      return false;
    }
    if (cooling_ > 0 || ++waited_ < options_.patience) return false;
    waited_ = 0;
    cooling_ = options_.cooldown;
    return true;
  }

  Variable rate_;
  ReduceOnPlateauOptions options_;
  Monitor monitor_;
  std::int64_t waited_ = 0, cooling_ = 0;
};

// All numbers of an epoch, from 1 on, with their names in the order of History.
std::vector<std::pair<std::string, double>> numbers_of(const History& history, std::int64_t epoch) {
  std::vector<std::pair<std::string, double>> numbers;
  const auto add = [&](const std::string& name, const std::vector<double>& values) {
    if (std::ssize(values) >= epoch)
      numbers.emplace_back(name, values[static_cast<std::size_t>(epoch - 1)]);
  };
  add("loss", history.losses);
  add("val_loss", history.validation_losses);
  for (const auto& [name, values] : history.metrics) add(name, values);
  return numbers;
}

// A log that is written from an epoch's numbers.
template <class File>
class Log {
 public:
  explicit Log(std::filesystem::path path) : path_(std::move(path)) {}

  void begin(Training& training) {
    file_.emplace(path_, training.where);
    for (std::int64_t epoch = 1; epoch <= training.epoch(); ++epoch)
      file_->write(epoch, numbers_of(training.history, epoch));
  }
  void end_epoch(Training& training) {
    file_->write(training.epoch(), numbers_of(training.history, training.epoch()));
  }
  void end(const Training&) { file_.reset(); }

 private:
  std::filesystem::path path_;
  std::optional<File> file_;
};

}  // namespace

Callback early_stopping(const EarlyStoppingOptions& options, SourceLocation where) {
  const auto patience = static_cast<double>(options.patience);
  check_option("early_stopping", "patience", patience, patience >= 0, "0 or more", where);
  check_option("early_stopping", "min_delta", options.min_delta, options.min_delta >= 0,
               "0 or more", where);
  return callback_of(std::make_shared<EarlyStopping>(options));
}

Callback reduce_on_plateau(const Variable& learning_rate, const ReduceOnPlateauOptions& options,
                           SourceLocation where) {
  const auto refuse_negative = [&](std::string_view name, double value) {
    check_option("reduce_on_plateau", name, value, value >= 0, "0 or more", where);
  };
  if (!learning_rate || learning_rate.rank() != 0 || !is_float(learning_rate.dtype()))
    throw_at<GraphError>(where, "reduce_on_plateau: the learning rate must be a float scalar");
  check_option("reduce_on_plateau", "factor", options.factor,
               options.factor > 0 && options.factor < 1, "in (0, 1)", where);
  refuse_negative("patience", static_cast<double>(options.patience));
  refuse_negative("min_delta", options.min_delta);
  refuse_negative("cooldown", static_cast<double>(options.cooldown));
  refuse_negative("min_learning_rate", options.min_learning_rate);
  return callback_of(std::make_shared<ReduceOnPlateau>(learning_rate, options));
}

Callback csv_log(const std::filesystem::path& path) {
  return callback_of(std::make_shared<Log<CsvLogFile>>(path));
}
Callback tensorboard_log(const std::filesystem::path& folder) {
  return callback_of(std::make_shared<Log<TensorboardLogFile>>(folder));
}

}  // namespace gradus
