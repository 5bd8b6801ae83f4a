#include "merge_loops.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gradus {
namespace {

// Not in a long chain, where all loops are full.
bool two_loops_could_be_one(const Schedule& schedule) {
  std::unordered_map<std::int64_t, std::uint32_t> smallest;  // by the elements they go over
  for (const ScheduledStep& step : schedule.steps) {
    if (step.kind != StepKind::loop || step.count == 0 || step.count >= max_loop_nodes) continue;
    const auto [other, is_first] = smallest.try_emplace(step.domain.elements, step.count);
    if (!is_first && other->second + step.count <= max_loop_nodes) return true;
    other->second = std::min(other->second, step.count);
  }
  return false;
}

// A step that reads what another makes.
struct Reading {
  std::int32_t step = std::numeric_limits<std::int32_t>::max();
  bool is_at_hand = false;
};

class Readings {
 public:
  Readings(const Program& program, const Schedule& schedule) : first_(schedule.steps.size() + 1) {
    for_each(program, schedule, [&](std::size_t made, const Reading&) { ++first_[made]; });
    std::exclusive_scan(first_.begin(), first_.end(), first_.begin(), std::size_t{0});
    all_.resize(first_.back());
    std::vector<std::size_t> next = first_;
    for_each(program, schedule,
             [&](std::size_t made, const Reading& reading) { all_[next[made]++] = reading; });
  }

  std::span<const Reading> of(std::size_t step) const {
    return std::span(all_).subspan(first_[step], first_[step + 1] - first_[step]);
  }

 private:
  template <class F>
  static void for_each(const Program& program, const Schedule& schedule, F f) {
    for (NodeId id : program.nodes()) {
      const std::int32_t own = schedule.step_of[index(id)];
      if (own < 0) continue;
      const LoopNode reader{schedule.form(id),
                            schedule.steps[static_cast<std::size_t>(own)].domain};
      for (NodeId operand : program.operands(id))
        if (const std::int32_t made = schedule.step_of_storage(operand); made >= 0 && made != own)
          f(static_cast<std::size_t>(made), {own, schedule.is_at_hand(program, operand, reader)});
    }
  }

  std::vector<Reading> all_;        // one step's after the other's
  std::vector<std::size_t> first_;  // by step: where its own begin
};

}  // namespace

// From the last to the first: where readers are in the end is known. A loop may run as late as its
// first reader, since what it reads is there from before it on; but after a product or another
// kernel it would keep that in memory for longer.
void merge_loops(const Program& program, Schedule& schedule) {
  if (!two_loops_could_be_one(schedule)) return;
  const std::size_t n = schedule.steps.size();
  std::vector<std::uint32_t> others(n + 1);  // steps before this one that are no loops
  for (std::size_t i = 0; i < n; ++i)
    others[i + 1] = others[i] + (schedule.steps[i].kind != StepKind::loop ? 1 : 0);
  const Readings readings(program, schedule);
  std::vector<std::int32_t> now(n);  // the step that a step is part of
  for (std::size_t i = n; i-- > 0;) {
    now[i] = static_cast<std::int32_t>(i);
    Reading first;
    for (Reading reading : readings.of(i)) {
      reading.step = now[static_cast<std::size_t>(reading.step)];
      if (reading.step == first.step) first.is_at_hand &= reading.is_at_hand;
      if (reading.step < first.step) first = reading;
    }
    if (!first.is_at_hand) continue;
    const auto later = static_cast<std::size_t>(first.step);
    ScheduledStep &from = schedule.steps[i], &to = schedule.steps[later];
    const bool keeps_little = others[later] == others[i + 1] || from.domain.elements == 1;
    if (from.kind != StepKind::loop || to.kind != StepKind::loop || !keeps_little ||
        from.count + to.count > max_loop_nodes || !to.domain.fits(from.domain))
      continue;
    to.domain = to.domain.with(from.domain);
    to.count += std::exchange(from.count, 0);
    now[i] = first.step;
  }
  for (std::int32_t& step : schedule.step_of)
    if (step >= 0) step = now[static_cast<std::size_t>(step)];
}

}  // namespace gradus
