#include "measure.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <limits>
#include <sstream>
#include <vector>

#include "process.h"

namespace bench {
namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Reads lines "name value" up to the one with this name; the others it knows go to the outcome.
bool read_until(const std::string& wanted, Process& process, Measured& to) {
  while (const std::optional<std::string> line = process.read_line()) {
    std::istringstream words(*line);
    std::string name;
    double value = std::numeric_limits<double>::quiet_NaN();
    words >> name >> value;
    if (name == "ready") to.value = value;
    if (name == "time") to.seconds.push_back(value);
    if (name == "memory") to.memory = std::max(to.memory, static_cast<std::int64_t>(value));
    if (name == wanted) return true;
  }
  return false;
}

std::string reason_of_absence(const Contestant& contestant) {
  if (contestant.package.empty()) return "it failed";
  return "not installed: " + contestant.package;
}

bool is_program(const Contestant& contestant) {
  const std::string& program = contestant.command[0];
  return program.find('/') == std::string::npos || std::filesystem::exists(program);
}

void measure_cold(const Contestant& contestant, Measured& to) {
  const double start = now();
  Process process(contestant);
  process.end_of_input();
  const std::size_t before = to.seconds.size();
  read_until("", process, to);
  const bool succeeded = process.wait();
  const double end = now();
  if (!succeeded)
    to.failure = reason_of_absence(contestant);
  else if (to.seconds.size() == before)
    to.seconds.push_back(end - start);
}

Outcome measure_cold(const Experiment& experiment, int rounds) {
  Outcome outcome;
  for (int round = 0; round < rounds; ++round)
    for (const Contestant& contestant : experiment.contestants) {
      Measured& to = outcome[contestant.name];
      if (!is_program(contestant)) to.failure = reason_of_absence(contestant);
      if (to.failure.empty()) measure_cold(contestant, to);
    }
  return outcome;
}

Outcome measure_warm(const Experiment& experiment, int rounds, double slice) {
  Outcome outcome;
  std::vector<Process> processes;
  std::vector<Measured*> all;
  const auto fail = [&](std::size_t i) {
    all[i]->failure = reason_of_absence(experiment.contestants[i]);
  };
  for (std::size_t i = 0; i < experiment.contestants.size(); ++i) {
    const Contestant& contestant = experiment.contestants[i];
    all.push_back(&outcome[contestant.name]);
    processes.emplace_back(contestant);
    if (!is_program(contestant) || !read_until("ready", processes[i], *all[i])) fail(i);
  }
  std::ostringstream request;
  request << "slice " << slice;
  for (int round = 0; round < rounds; ++round)
    for (std::size_t i = 0; i < processes.size(); ++i) {
      if (!all[i]->failure.empty()) continue;
      processes[i].write_line(request.str());
      if (!read_until("time", processes[i], *all[i])) fail(i);
    }
  for (std::size_t i = 0; i < processes.size(); ++i) {
    processes[i].end_of_input();
    read_until("memory", processes[i], *all[i]);
    if (!processes[i].wait() && all[i]->failure.empty()) fail(i);
  }
  return outcome;
}

}  // namespace

Outcome measure(const Experiment& experiment, const Effort& effort) {
  const int rounds = experiment.rounds > 0 ? experiment.rounds : effort.rounds;
  if (experiment.is_cold) return measure_cold(experiment, rounds);
  return measure_warm(experiment, rounds, experiment.slice > 0 ? experiment.slice : effort.slice);
}

double disagreement(const Experiment& experiment, const Outcome& outcome) {
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (const Contestant& contestant : experiment.contestants) {
    const Measured& one = outcome.at(contestant.name);
    if (!contestant.agrees || !one.is_there()) continue;
    if (!std::isfinite(one.value)) return std::numeric_limits<double>::infinity();
    least = std::min(least, one.value);
    most = std::max(most, one.value);
  }
  if (least >= most) return 0;
  return (most - least) / std::max(std::abs(least), std::abs(most));
}

}  // namespace bench
