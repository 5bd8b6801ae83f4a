#include "runs.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

namespace gradus {
namespace {

constexpr std::size_t fewest_times = 3, most_periods = 16;

// The distances from an item to the next one that is equal, the most frequent first.
std::vector<std::size_t> likely_periods(std::span<const std::uint64_t> items) {
  std::unordered_map<std::uint64_t, std::size_t> last;
  std::map<std::size_t, std::size_t> times_of;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto [found, is_first] = last.try_emplace(items[i], i);
    if (!is_first) ++times_of[i - std::exchange(found->second, i)];
  }
  std::vector<std::pair<std::size_t, std::size_t>> by_weight;
  // A long period comes less often for as much that it saves.
  for (const auto& [period, times] : times_of) by_weight.emplace_back(times * period, period);
  std::ranges::stable_sort(by_weight,
                           [](const auto& a, const auto& b) { return a.first > b.first; });
  by_weight.resize(std::min(by_weight.size(), most_periods));
  std::vector<std::size_t> periods;
  for (const auto& [weight, period] : by_weight) periods.push_back(period);
  return periods;
}

void add_runs(std::span<const std::uint64_t> items, std::size_t period, std::vector<Run>& runs) {
  std::size_t equal = 0;  // in a row: item i to item i + period
  for (std::size_t i = 0; i + period <= items.size(); ++i) {
    if (i + period < items.size() && items[i] == items[i + period]) {
      ++equal;
      continue;
    }
    const std::size_t length = equal + period;
    if (length >= fewest_times * period)
      runs.push_back({i - equal, period, length / period, length % period});
    equal = 0;
  }
}

}  // namespace

std::vector<Run> find_runs(std::span<const std::uint64_t> items) {
  std::vector<Run> all, chosen;
  for (std::size_t period : likely_periods(items)) add_runs(items, period, all);
  std::ranges::stable_sort(all, [](const Run& a, const Run& b) {
    const std::size_t saved_a = (a.times - 1) * a.period, saved_b = (b.times - 1) * b.period;
    return std::pair(saved_b, a.period) < std::pair(saved_a, b.period);
  });
  std::vector<bool> is_taken(items.size());
  for (const Run& run : all) {
    const std::size_t end = run.first + run.times * run.period;
    // Runs that were chosen before are no shorter, so that one that overlaps this one holds an end.
    const std::size_t middle = run.first + (end - run.first) / 2;
    if (is_taken[run.first] || is_taken[end - 1] || is_taken[middle]) continue;
    std::fill(is_taken.begin() + static_cast<std::ptrdiff_t>(run.first),
              is_taken.begin() + static_cast<std::ptrdiff_t>(end), true);
    chosen.push_back(run);
  }
  return chosen;
}

}  // namespace gradus
