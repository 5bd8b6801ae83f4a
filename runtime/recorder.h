// Recorder: notes which thread did what, and when, in runs that are watched.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include <gradus/profile.h>

namespace gradus {

class Recorder {
 public:
  using Kind = Profile::Event::Kind;

  // In one run, at most so many events of each part.
  Recorder(std::size_t events, int parts) : of_parts_(static_cast<std::size_t>(parts)) {
    for (auto& of_part : of_parts_) of_part.reserve(events);
  }

  // Runs of one thread. If one throws, nothing of it is kept.
  template <class Run>
  void watch_run(const Run& run) {
    for (auto& of_part : of_parts_) of_part.clear();
    const Clock::time_point begin = Clock::now();
    run();
    gather(begin, Clock::now());
  }

  // In a run: parts may be watched at the same time. Nothing is allocated, so nothing fails here.
  template <class Work>
  void watch(Kind kind, std::size_t number, std::int64_t part, const Work& work) {
    const Clock::time_point begin = Clock::now();
    work();
    of_parts_[static_cast<std::size_t>(part)].push_back(
        {kind, number, part, std::this_thread::get_id(), begin, Clock::now()});
  }

  // Run by run.
  std::vector<Profile::Event> take_events() && { return std::move(events_); }

 private:
  using Clock = std::chrono::steady_clock;
  struct Noted {
    Kind kind;
    std::size_t number;
    std::int64_t part;
    std::thread::id thread;
    Clock::time_point begin, end;
  };

  void gather(Clock::time_point begin, Clock::time_point end);
  Profile::Event event_of(const Noted& noted);

  std::vector<std::vector<Noted>> of_parts_;
  std::vector<std::thread::id> threads_{std::this_thread::get_id()};
  std::vector<Profile::Event> events_;
  Clock::time_point first_;
  std::int64_t runs_ = 0;
};

// In the place of a Recorder: nobody watches.
struct NoRecorder {
  template <class Work>
  void watch(Recorder::Kind, std::size_t, std::int64_t, const Work& work) const {
    work();
  }
};

// Medians and rates from the events of so many runs.
Profile make_profile(PlanReport plan, std::int64_t runs, std::vector<Profile::Event> events);

}  // namespace gradus
