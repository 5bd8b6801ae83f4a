#include "report.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "../machine_work.h"
#include "measure.h"

namespace bench {
namespace {

// Three significant digits.
std::string number(double x) {
  if (x == 0 || !std::isfinite(x)) return fmt::format("{}", x);
  const int digits = static_cast<int>(std::floor(std::log10(std::abs(x))));
  return fmt::format("{:.{}f}", x, std::clamp(2 - digits, 0, 9));
}

std::string with_unit(double x, const std::string& unit) {
  return unit.empty() ? number(x) : number(x) + " " + unit;
}

bool reaches(const Goal& goal, double value, double bound) {
  return goal.is_to_be_large ? value >= bound : value <= bound;
}

std::string verdict(const Goal& goal, const std::optional<double>& value) {
  if (!value) return "not measured";
  if (goal.aim && reaches(goal, *value, *goal.aim)) return "aim reached";
  if (goal.must && reaches(goal, *value, *goal.must)) return "reached";
  if (!goal.must) return goal.aim ? "aim missed" : "";
  return "**missed**";
}

std::string bound_text(const Goal& goal, const std::optional<double>& bound) {
  return bound ? with_unit(*bound, goal.unit) : "";
}

std::string goals_table(const Subject& subject, const Results& results) {
  std::string text = "| goal | measured | must | aim | |\n|---|---:|---:|---:|---|\n";
  for (const Goal& goal : subject.goals) {
    const std::optional<double> value = measured(goal, results);
    text += fmt::format("| {} | {} | {} | {} | {} |\n", goal.what,
                        value ? with_unit(*value, goal.unit) : "", bound_text(goal, goal.must),
                        bound_text(goal, goal.aim), verdict(goal, value));
  }
  return text;
}

const Outcome* find(const Results& results, const std::string& experiment) {
  const auto found = results.find(experiment);
  return found == results.end() ? nullptr : &found->second;
}

// "310 µs (1.44 x)"
std::string cell(const Column& column, const std::string& contestant, const Results& results) {
  const Outcome* outcome = find(results, column.experiment);
  if (outcome == nullptr || !outcome->contains(contestant)) return "";
  const Measured& one = outcome->at(contestant);
  if (!one.is_there()) return one.failure;
  const std::string time = with_unit(one.median() * column.scale, column.unit);
  const Goal ratio{.what = {},
                   .experiment = column.experiment,
                   .of = {contestant},
                   .over = column.over,
                   .scale = column.over_scale};
  const std::optional<double> value = measured(ratio, results);
  return column.over.empty() || !value ? time : fmt::format("{} ({} x)", time, number(*value));
}

// Those of any column, in their order; a column's reference with another amount of work is none.
std::vector<std::string> contestants(const Table& table, const Subject& subject) {
  std::vector<std::string> names;
  for (const Column& column : table.columns)
    for (const Experiment& experiment : subject.experiments)
      if (experiment.id == column.experiment)
        for (const Contestant& c : experiment.contestants)
          if (std::find(names.begin(), names.end(), c.name) == names.end() &&
              (c.name != column.over || column.over_scale == 1))
            names.push_back(c.name);
  return names;
}

std::string reference_text(const Table& table) {
  const Column& first = table.columns.front();
  if (first.over.empty()) return "";
  return first.over_scale == 1 ? fmt::format(" (x: over {})", first.over)
                               : " (x: over the FLOP limit)";
}

std::string times_table(const Table& table, const Subject& subject, const Results& results) {
  std::string text = fmt::format("| {}{} |", table.title, reference_text(table)), rule = "|---|";
  for (const Column& column : table.columns) {
    text += fmt::format(" {} |", column.label);
    rule += "---:|";
  }
  text += "\n" + rule + "\n";
  for (const std::string& name : contestants(table, subject)) {
    text += fmt::format("| {} |", name);
    for (const Column& column : table.columns)
      text += fmt::format(" {} |", cell(column, name, results));
    text += "\n";
  }
  return text;
}

// What `machine` measures, as rates.
std::string machine_table(const Subject& subject, const Results& results) {
  std::string text = "| | |\n|---|---:|\n";
  for (const Experiment& e : subject.experiments) {
    const Outcome* outcome = find(results, e.id);
    if (outcome == nullptr) continue;
    const Contestant& c = e.contestants.front();
    const Measured& one = outcome->at(c.name);
    if (!one.is_there()) continue;
    const bool is_flops = c.name.starts_with("flops");
    const double bytes = c.name == "update" ? 2 * machine_bytes : machine_bytes;
    const std::string what = c.name == "flops32"   ? "multiply-adds, float32"
                             : c.name == "flops64" ? "multiply-adds, float64"
                                                   : "memory, " + c.name;
    text += fmt::format("| {}, {} | {} {} |\n", what,
                        c.threads == 1 ? "1 thread" : fmt::format("{} threads", c.threads),
                        number((is_flops ? machine_flops : bytes) * c.threads / one.median() / 1e9),
                        is_flops ? "GFLOP/s" : "GB/s");
  }
  return text;
}

std::string agreement_text(const Subject& subject, const Results& results) {
  double worst = 0;
  bool is_compared = false;
  for (const Experiment& e : subject.experiments) {
    const Outcome* outcome = find(results, e.id);
    if (outcome == nullptr) continue;
    const auto agreeing = std::count_if(
        e.contestants.begin(), e.contestants.end(),
        [&](const Contestant& c) { return c.agrees && outcome->at(c.name).is_there(); });
    is_compared |= agreeing > 1;
    worst = std::max(worst, disagreement(e, *outcome));
  }
  if (!is_compared) return "";
  return fmt::format("{} all contestants: they differ by {:.1e} at most (relatively).\n",
                     subject.name.starts_with("ae") ? "The loss after 20 updates is the same for"
                                                    : "The value is the same for",
                     worst);
}

bool is_measured(const Subject& subject, const Results& results) {
  return std::any_of(subject.experiments.begin(), subject.experiments.end(),
                     [&](const Experiment& e) { return results.contains(e.id); });
}

std::string section(const Subject& subject, const Results& results) {
  std::string text = fmt::format("## {}\n\n{}\n\n", subject.title, subject.text);
  if (!subject.goals.empty()) text += goals_table(subject, results) + "\n";
  if (subject.name == "machine") text += machine_table(subject, results) + "\n";
  for (const Table& table : subject.tables) text += times_table(table, subject, results) + "\n";
  const std::string agreement = agreement_text(subject, results);
  return agreement.empty() ? text : text + agreement + "\n";
}

}  // namespace

std::string markdown(const Run& run) {
  std::string text = "# Benchmarks\n\n";
  text += fmt::format(
      "Written by `bench/run{}`. Each contestant is a process; they take turns, {} rounds of {} "
      "seconds each, and the numbers are medians: of a slice, then of the rounds. A ratio is "
      "taken within each round, and the median counts. Contestants are bound to as many cores as "
      "they have threads. `must` and `aim` are this project's goals. Peers run as Debian ships "
      "them, and `tuned`: with malloc told to keep what is freed (MALLOC_MMAP_THRESHOLD_, "
      "MALLOC_TRIM_THRESHOLD_, MALLOC_TOP_PAD_), with OpenBLAS told to use AVX-512 where the CPU "
      "has it (OPENBLAS_CORETYPE=SkylakeX; for a CPU newer than itself it would choose kernels for "
      "SSE3), and with another BLAS where one is named.\n\n",
      run.is_quick ? " --quick" : "", run.rounds, number(run.slice));
  text +=
      "Run it again:\n\n```sh\nbench/run --install-peers\n```\n\n`bench/run --help` tells how "
      "to measure less; what stands between a figure and its limit, [where time "
      "goes](where_time_goes.md).\n\n";
  text += "| | |\n|---|---|\n";
  for (const auto& [name, value] : run.facts) text += fmt::format("| {} | {} |\n", name, value);
  text += "\n";
  for (const Subject& subject : run.subjects)
    if (is_measured(subject, run.results)) text += section(subject, run.results);
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

std::string terminal_text(const Run& run) {
  std::string text;
  for (const Subject& subject : run.subjects)
    if (is_measured(subject, run.results)) text += section(subject, run.results);
  return text;
}

std::string json(const Run& run) {
  nlohmann::ordered_json all;
  for (const auto& [name, value] : run.facts) all["system"][name] = value;
  all["rounds"] = run.rounds;
  all["slice_seconds"] = run.slice;
  for (const Subject& subject : run.subjects) {
    for (const Experiment& experiment : subject.experiments) {
      const Outcome* outcome = find(run.results, experiment.id);
      if (outcome == nullptr) continue;
      for (const Contestant& c : experiment.contestants) {
        const Measured& one = outcome->at(c.name);
        nlohmann::ordered_json& to = all["measured"][experiment.id][c.name];
        if (!one.is_there()) {
          to = {{"missing", one.failure}};
          continue;
        }
        to = {{"median_seconds", one.median()}, {"seconds", one.seconds}, {"value", one.value}};
        if (one.memory > 0) to["peak_bytes"] = one.memory;
      }
    }
    for (const Goal& goal : subject.goals) {
      const std::optional<double> value = measured(goal, run.results);
      if (!value) continue;
      nlohmann::ordered_json one{
          {"subject", subject.name}, {"what", goal.what}, {"measured", *value}};
      if (!goal.unit.empty()) one["unit"] = goal.unit;
      if (goal.must) one["must"] = *goal.must;
      if (goal.aim) one["aim"] = *goal.aim;
      if (goal.must || goal.aim)
        one["reached"] = reaches(goal, *value, goal.must ? *goal.must : *goal.aim);
      all["goals"].push_back(one);
    }
  }
  return all.dump(2) + "\n";
}

}  // namespace bench
