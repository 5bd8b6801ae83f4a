// PlanCache: the plans that a session keeps, the last used first, and the memory that they share:
// one run at a time uses it.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "compiler/plan/plan.h"

namespace gradus {

class PlanCache {
 public:
  // A plan without the memory for its values is small, but for graphs of very many nodes.
  static constexpr std::size_t max_plans = 64, max_nodes = 1 << 21;

  // Null if there is none. It is the last used now, and has its scratch.
  Plan* find(const PlanKey& key);
  // Memory for the values of a plan that is to be made: null where the machine has none. If that
  // which is there is too small, it goes, and with it the plans whose values lie there.
  std::byte* arena(std::size_t bytes, std::size_t limit);
  // Drops those that were not used for longest where there are too many.
  Plan& add(std::unique_ptr<Plan> plan);
  // Gives back all memory.
  void clear();

 private:
  // What one plan after the other uses.
  class Memory {
   public:
    std::byte* get() const { return memory_.get(); }
    std::size_t bytes() const { return bytes_; }
    // In the place of what is there, which is given back before.
    bool allocate(std::size_t bytes);
    // So much is used now. Of what others used beyond that little is kept.
    void use(std::size_t bytes);

   private:
    std::shared_ptr<std::byte[]> memory_;
    std::size_t bytes_ = 0, used_ = 0;
  };

  Plan& use_first();

  std::vector<std::unique_ptr<Plan>> plans_;
  Memory arena_, scratch_;
};

}  // namespace gradus
