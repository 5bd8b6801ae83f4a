// PlanCache: the plans that a session keeps, the last used first.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "compiler/plan/plan.h"

namespace gradus {

class PlanCache {
 public:
  // Many batch sizes are many plans, each with an arena of its own.
  static constexpr std::size_t max_plans = 64;

  // Null if there is none. It is the last used now.
  Plan* find(const PlanKey& key);
  // Drops the plans that were not used for longest, until there is room for one more whose arena
  // has so many bytes and all arenas together stay within the limit.
  void make_room(std::size_t bytes, std::size_t limit);
  Plan& add(std::unique_ptr<Plan> plan);

 private:
  std::vector<std::unique_ptr<Plan>> plans_;
};

}  // namespace gradus
