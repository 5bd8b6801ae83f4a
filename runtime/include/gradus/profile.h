// Profile: how long each step of a plan takes.
//
//   Profile profile = session.profile(step, {{x, images}}, 100);
//   std::cout << profile.to_text();
//   profile.write_trace("step.json");   // for https://ui.perfetto.dev or chrome://tracing
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gradus/plan_report.h>

namespace gradus {

struct Profile {
  // Seconds are those of all threads together, so rates are those of one thread.
  struct Step {
    double seconds = 0;               // the median of the runs
    double shortest = 0;              // of the shortest run
    double share = 0;                 // of the seconds of all steps: 0 to 1
    double gflops_per_second = 0;     // 1e9 FLOP in a second
    double gigabytes_per_second = 0;  // 1e9 bytes in a second
  };

  // What one thread did without a break.
  struct Event {
    enum class Kind : std::uint8_t {
      run,    // all that Session::run does
      stage,  // from the start of its threads to their barrier
      step,   // a thread's part of it
      sums,   // of a loop, when all its parts are done: those are added up
    };
    Kind kind = Kind::run;
    std::int64_t run = 0;
    std::size_t number = 0;  // of the stage, or of the step
    std::int64_t part = 0;   // of the step
    int thread = 0;          // 0 is the one that called
    // Nanoseconds since the first run began.
    std::int64_t begin = 0, end = 0;
  };

  PlanReport plan = {};
  std::int64_t runs = 0;
  double seconds = 0, shortest = 0;  // of a run, by the clock: median and shortest
  std::vector<Step> steps = {};      // as plan.steps
  std::vector<Event> events = {};    // run by run

  // A table of the steps.
  std::string to_text() const;
  // All events, as JSON in Chrome's trace event format.
  std::string chrome_trace() const;
  // FileError.
  void write_trace(const std::filesystem::path& path) const;
};

}  // namespace gradus
