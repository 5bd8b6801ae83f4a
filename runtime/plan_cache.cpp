#include "plan_cache.h"

#include <algorithm>
#include <new>
#include <utility>

#include "core/memory.h"

namespace gradus {
namespace {

// The arrays of the last results: the caller has those that he wants.
void drop_results(Plan& plan) {
  for (Result& result : plan.results)
    for (Array* array : {&result.value, &result.spare}) const Array dropped = std::move(*array);
}

}  // namespace

bool PlanCache::Memory::allocate(std::size_t bytes) {
  *this = {};
  memory_ = uninitialized_bytes(bytes);
  if (memory_ != nullptr) bytes_ = bytes;
  return memory_ != nullptr;
}

void PlanCache::Memory::use(std::size_t bytes) {
  // To take pages anew costs time, so plans that take turns keep them unless they are very many.
  constexpr std::size_t kept = 64 << 20;
  if (used_ > bytes + kept) {
    give_back_pages(memory_.get() + bytes, used_ - bytes);
    used_ = bytes;
  }
  used_ = std::max(used_, bytes);
}

// A run that is repeated finds its plan in the first place.
Plan* PlanCache::find(const PlanKey& key) {
  const auto found =
      std::ranges::find_if(plans_, [&](const auto& plan) { return plan->key == key; });
  if (found == plans_.end()) return nullptr;
  if (found != plans_.begin()) drop_results(*plans_.front());
  std::rotate(plans_.begin(), found, found + 1);
  return &use_first();
}

std::byte* PlanCache::arena(std::size_t bytes, std::size_t limit) {
  if (bytes > arena_.bytes() || arena_.get() == nullptr) {
    // Twice as much as there was, so that plans which grow little by little seldom go.
    constexpr std::size_t least = 64 << 10;
    const std::size_t roomy = std::max(bytes, std::min(std::max(2 * arena_.bytes(), least), limit));
    plans_.clear();
    if (!arena_.allocate(roomy)) arena_.allocate(bytes);
  }
  return arena_.get();
}

Plan& PlanCache::add(std::unique_ptr<Plan> plan) {
  if (!plans_.empty()) drop_results(*plans_.front());
  plans_.insert(plans_.begin(), std::move(plan));
  std::size_t nodes = 0, kept = 0;
  for (; kept < std::min(plans_.size(), max_plans); ++kept) {
    nodes += static_cast<std::size_t>(plans_[kept]->graph->node_count());
    if (kept != 0 && nodes > max_nodes) break;
  }
  plans_.resize(kept);
  return use_first();
}

void PlanCache::clear() {
  plans_.clear();
  arena_ = {};
  scratch_ = {};
}

Plan& PlanCache::use_first() {
  Plan& plan = *plans_.front();
  arena_.use(plan.arena_bytes);
  if (plan.all_scratch_bytes > scratch_.bytes() || scratch_.get() == nullptr)
    if (!scratch_.allocate(plan.all_scratch_bytes)) throw std::bad_alloc();
  scratch_.use(plan.all_scratch_bytes);
  plan.scratch = scratch_.get();
  return plan;
}

}  // namespace gradus
