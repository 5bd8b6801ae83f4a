#include <gradus/checkpoint.h>

#include <algorithm>
#include <cmath>
#include <new>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <gradus/op/thread_pool.h>

#include "checkpoint_file.h"
#include "core/throw_at.h"
#include "crc32c.h"
#include "file_place.h"
#include "runtime/held_values.h"
#include "variable_match.h"

namespace gradus {
namespace {

using SortedJson = nlohmann::json;

constexpr int checkpoint_version = 1;
// Keys of the file's metadata: all that is no tensor, as JSON, and the checksum of that text. What
// the file's header says beside is compared with the graph.
constexpr const char* text_key = "gradus.checkpoint";
constexpr const char* sum_key = "gradus.checkpoint.crc32c";

std::string sum_text(std::uint32_t sum) { return fmt::format("{:08x}", sum); }
std::string sum_of(std::string_view text) {
  return sum_text(crc32c(std::as_bytes(std::span(text))));
}
std::string sum_of(const Array& array) {
  return sum_text(crc32c({static_cast<const std::byte*>(array.data()), array.byte_count()}));
}

// A gigabyte is read, and its checksums compared, in half the time by two.
int reading_threads(std::span<const SafetensorsFile::Entry> entries) {
  constexpr std::int64_t many = 4'000'000;
  std::int64_t elements = 0;
  for (const SafetensorsFile::Entry& entry : entries) elements += entry.shape.element_count();
  return elements < many
             ? 1
             : static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 8U));
}

SortedJson to_json(const TrainingState& s, const RandomState& random) {
  return {{"version", checkpoint_version},
          {"seed", random.seed},
          {"run_count", random.run_count},
          {"epoch", s.epoch},
          {"steps", s.steps},
          {"losses", s.losses},
          {"validation_losses", s.validation_losses},
          {"seconds", s.seconds},
          {"metrics", s.metrics},
          {"epoch_metrics", s.epoch_metrics},
          {"epoch_size", s.epoch_size},
          {"epoch_steps", s.epoch_steps},
          {"epoch_rows", s.epoch_rows},
          {"epoch_loss", s.epoch_loss},
          {"epoch_seconds", s.epoch_seconds},
          {"options", s.options}};
}

TrainingState state_of(const SortedJson& json) {
  TrainingState s;
  json.at("epoch").get_to(s.epoch);
  json.at("steps").get_to(s.steps);
  json.at("losses").get_to(s.losses);
  json.at("validation_losses").get_to(s.validation_losses);
  json.at("seconds").get_to(s.seconds);
  json.at("epoch_size").get_to(s.epoch_size);
  json.at("epoch_steps").get_to(s.epoch_steps);
  json.at("epoch_rows").get_to(s.epoch_rows);
  json.at("epoch_loss").get_to(s.epoch_loss);
  json.at("epoch_seconds").get_to(s.epoch_seconds);
  json.at("options").get_to(s.options);
  // The first files have none.
  s.metrics = json.value("metrics", s.metrics);
  s.epoch_metrics = json.value("epoch_metrics", s.epoch_metrics);
  return s;
}

// JSON has no NaN and no infinity.
void check_finite(const TrainingState& s, SourceLocation where) {
  const auto check = [&](std::string_view name, double number) {
    if (!std::isfinite(number))
      throw_at<DataError>(where, "save_checkpoint: {} holds {}", name, number);
  };
  for (const double loss : s.losses) check("losses", loss);
  for (const double loss : s.validation_losses) check("validation_losses", loss);
  for (const double time : s.seconds) check("seconds", time);
  for (const auto& [name, values] : s.metrics)
    for (const double value : values) check("metric \"" + name + "\"", value);
  for (const double sum : s.epoch_metrics) check("epoch_metrics", sum);
  check("epoch_loss", s.epoch_loss);
  check("epoch_seconds", s.epoch_seconds);
}

}  // namespace

CheckpointFile::CheckpointFile(const std::filesystem::path& path, SourceLocation where) try
    : path_(path), file_(path, where) {
  const auto text = file_.metadata().find(text_key), sum = file_.metadata().find(sum_key);
  const auto end = file_.metadata().end();
  if (text == end || sum == end)
    throw_at<DataError>(
        where, "load_checkpoint: file \"{}\" is no checkpoint: no \"{}\" is in its metadata",
        path.string(), text == end ? text_key : sum_key);
  if (sum_of(text->second) != sum->second)
    throw_at<DataError>(
        where,
        "load_checkpoint: file \"{}\" is damaged: its metadata have the checksum {}, "
        "when it was written {}",
        path.string(), sum_of(text->second), sum->second);
  std::map<std::string, std::string> sums;
  try {
    const SortedJson json = SortedJson::parse(text->second);
    if (json.at("version") != checkpoint_version)
      throw_at<DataError>(where,
                          "load_checkpoint: file \"{}\" is of version {}, this program knows {}",
                          path.string(), json.at("version").dump(), checkpoint_version);
    state_ = state_of(json);
    json.at("seed").get_to(random_.seed);
    json.at("run_count").get_to(random_.run_count);
    json.at("crc32c").get_to(sums);
  } catch (const SortedJson::exception& error) {
    throw_at<DataError>(where, "load_checkpoint: file \"{}\" is no checkpoint: {}", path.string(),
                        error.what());
  }
  if (std::min({state_.epoch, state_.steps, state_.epoch_size, state_.epoch_steps,
                state_.epoch_rows}) < 0)
    throw_at<DataError>(where, "load_checkpoint: file \"{}\" is no checkpoint: it counts below 0",
                        path.string());
  const auto entries = file_.entries();
  std::vector<Array*> values;
  for (const SafetensorsFile::Entry& entry : entries) values.push_back(&values_[entry.name]);
  ThreadPool pool(reading_threads(entries));
  pool.parallel_for(std::ssize(entries), [&](std::int64_t i) {
    const auto k = static_cast<std::size_t>(i);
    const std::string& name = entries[k].name;
    *values[k] = file_.read(name, {}, where);
    const auto written = sums.find(name);
    const std::string wanted = written == sums.end() ? "none" : written->second;
    if (const std::string read = sum_of(*values[k]); read != wanted)
      throw_at<DataError>(where,
                          "load_checkpoint: file \"{}\" is damaged: tensor \"{}\" has the checksum "
                          "{}, when it was written {}",
                          path.string(), name, read, wanted);
  });
} catch (const std::bad_alloc&) {
  refuse_memory("load_checkpoint", path, where);
}

void CheckpointFile::restore(Session& session, const std::map<std::string, std::string>& options,
                             SourceLocation where) try {
  const VariableMatch match = match_variables(session.graph().variables(), file_, nullptr);
  std::string differences = to_lines(match.rest);
  for (const auto& [name, value] : options) {
    const auto saved = state_.options.find(name);
    if (saved == state_.options.end())
      differences += fmt::format("\n  option \"{}\" is \"{}\", in the file missing", name, value);
    else if (saved->second != value)
      differences += fmt::format("\n  option \"{}\" is \"{}\", in the file \"{}\"", name, value,
                                 saved->second);
  }
  if (!differences.empty())
    throw_at<DataError>(where, "load_checkpoint: file \"{}\" is of another training{}",
                        path_.string(), differences);

  std::vector<VariableValue> values;
  values.reserve(match.pairs.size());
  for (const auto& [variable, name] : match.pairs)
    values.push_back({variable, std::move(values_.at(name))});
  session.set(std::move(values), where);
  session.set_random_state(random_, where);
} catch (const std::bad_alloc&) {
  refuse_memory("load_checkpoint", path_, where);
}

void save_checkpoint(const std::filesystem::path& path, Session& session,
                     const TrainingState& state, SourceLocation where) try {
  check_finite(state, where);
  SortedJson json = to_json(state, session.random_state());
  SortedJson& sums = json["crc32c"] = SortedJson::object();
  const HeldValues held(session, where);
  std::vector<NamedArray> arrays;
  for (const Variable& variable : session.graph().variables()) {
    arrays.push_back({variable.name(), held.value(variable)});
    sums[variable.name()] = sum_of(arrays.back().value);
  }
  std::string text;
  try {
    text = json.dump();
  } catch (const SortedJson::exception&) {
    throw_at<DataError>(where, "save_checkpoint: a variable's name or an option is no UTF-8");
  }
  write_safetensors(path, arrays, {{text_key, text}, {sum_key, sum_of(text)}}, where);
} catch (const std::bad_alloc&) {
  refuse_memory("save_checkpoint", path, where);
}

TrainingState load_checkpoint(const std::filesystem::path& path, Session& session,
                              const std::map<std::string, std::string>& options,
                              SourceLocation where) {
  CheckpointFile file(path, where);
  file.restore(session, options, where);
  return file.state();
}

}  // namespace gradus
