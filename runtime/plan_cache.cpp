#include "plan_cache.h"

#include <algorithm>
#include <utility>

namespace gradus {

// A run that is repeated finds its plan in the first place.
Plan* PlanCache::find(const PlanKey& key) {
  const auto found =
      std::ranges::find_if(plans_, [&](const auto& plan) { return plan->key == key; });
  if (found == plans_.end()) return nullptr;
  std::rotate(plans_.begin(), found, found + 1);
  return plans_.front().get();
}

void PlanCache::make_room(std::size_t bytes, std::size_t limit) {
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    const std::size_t arena = plans_[i]->arena_bytes;
    if (i + 1 < max_plans && bytes <= limit && arena <= limit - bytes) {
      bytes += arena;
      continue;
    }
    plans_.resize(i);
  }
}

Plan& PlanCache::add(std::unique_ptr<Plan> plan) {
  plans_.insert(plans_.begin(), std::move(plan));
  return *plans_.front();
}

}  // namespace gradus
