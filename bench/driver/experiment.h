// What is measured: experiments, in which contestants take turns, and goals over their results.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bench {

// A program that takes part, as contestant.h describes it.
struct Contestant {
  std::string name = {};                      // "libtorch, tuned"
  std::vector<std::string> command = {};      // a program with a path, then its arguments
  std::vector<std::string> environment = {};  // "OMP_NUM_THREADS=1"
  int threads = 1;                            // so many cores it may use
  std::string package = {};                   // of a peer that may be missing; empty if it may not
  bool agrees = true;                         // whether its value is compared with the others'
};

struct Experiment {
  std::string id = {};  // "ae-10-1"
  std::vector<Contestant> contestants = {};
  // A cold one is started anew in each round: what it writes as "time" counts, or else the time
  // from its start to its end.
  bool is_cold = false;
  int rounds = 0;    // 0: as many as the run has
  double slice = 0;  // seconds; 0: as long as the run's
};

struct Measured {
  std::vector<double> seconds = {};  // of one step, by round
  double value = 0;                  // the loss, or what else all must agree on
  std::int64_t memory = 0;           // peak, in bytes; 0 if unknown
  std::string failure = {};          // why there is nothing else

  bool is_there() const { return failure.empty() && !seconds.empty(); }
  double median() const;
};

// By contestant.
using Outcome = std::map<std::string, Measured>;
// By experiment.
using Results = std::map<std::string, Outcome>;

enum class Quantity { time, memory };

// A number that is to be small, or large: a contestant's time or memory, or its ratio to another's.
struct Goal {
  std::string what = {};
  std::string experiment = {};
  std::vector<std::string> of = {};  // the fastest of these that are there
  std::string over = {};             // empty: the quantity itself
  double scale = 1;                  // the measured number is multiplied by it
  std::string unit = {};
  Quantity quantity = Quantity::time;
  bool is_to_be_large = false;
  std::optional<double> must = {}, aim = {};
};

// Ratios are of the same round, and the median of these counts. Nothing where a contestant is
// missing.
std::optional<double> measured(const Goal& goal, const Results& results);

double median(std::vector<double> values);

}  // namespace bench
