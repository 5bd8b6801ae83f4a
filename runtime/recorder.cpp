#include "recorder.h"

#include <algorithm>

namespace gradus {

Profile::Event Recorder::event_of(const Noted& noted) {
  auto thread = std::ranges::find(threads_, noted.thread);
  if (thread == threads_.end()) thread = threads_.insert(thread, noted.thread);
  const auto nanoseconds = [&](Clock::time_point at) {
    return std::chrono::nanoseconds(at - first_).count();
  };
  return {.kind = noted.kind,
          .run = runs_,
          .number = noted.number,
          .part = noted.part,
          .thread = static_cast<int>(thread - threads_.begin()),
          .begin = nanoseconds(noted.begin),
          .end = nanoseconds(noted.end)};
}

void Recorder::gather(Clock::time_point begin, Clock::time_point end) {
  if (runs_ == 0) first_ = begin;
  events_.push_back(event_of({Kind::run, 0, 0, std::this_thread::get_id(), begin, end}));
  for (const auto& of_part : of_parts_)
    for (const Noted& noted : of_part) events_.push_back(event_of(noted));
  ++runs_;
}

}  // namespace gradus
