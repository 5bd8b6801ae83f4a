#include "experiment.h"

#include <algorithm>

namespace bench {
namespace {

const Measured* find(const Outcome& outcome, const std::string& name) {
  const auto found = outcome.find(name);
  return found == outcome.end() || !found->second.is_there() ? nullptr : &found->second;
}

const Measured* fastest(const Outcome& outcome, const std::vector<std::string>& names) {
  const Measured* best = nullptr;
  for (const std::string& name : names) {
    const Measured* one = find(outcome, name);
    if (one != nullptr && (best == nullptr || one->median() < best->median())) best = one;
  }
  return best;
}

}  // namespace

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double Measured::median() const { return bench::median(seconds); }

std::optional<double> measured(const Goal& goal, const Results& results) {
  const auto outcome = results.find(goal.experiment);
  if (outcome == results.end()) return {};
  const Measured* a = fastest(outcome->second, goal.of);
  if (a == nullptr) return {};
  if (goal.quantity == Quantity::memory) return goal.scale * static_cast<double>(a->memory);
  if (goal.over.empty()) return goal.scale * a->median();
  const Measured* b = find(outcome->second, goal.over);
  if (b == nullptr) return {};
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(a->seconds.size(), b->seconds.size()); ++i)
    ratios.push_back(goal.scale * a->seconds[i] / b->seconds[i]);
  return median(ratios);
}

}  // namespace bench
