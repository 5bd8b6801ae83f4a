// PlanBuilder: the plan that is being made, and what its loops, products and other steps ask: where
// a value lies, which scratch is free.
#pragma once

#include <cstddef>
#include <memory>

#include "compiler/compile_context.h"
#include "draft.h"
#include "plan.h"

namespace gradus {

class PlanBuilder {
 public:
  PlanBuilder(const Draft& draft, const CompileContext& context, Plan& plan);

  const Draft& draft;
  const CompileContext& context;
  Plan& plan;

  struct Memory {
    void* data;
    std::size_t slot;  // of a run, if data is null
  };
  // Where a value lies.
  Memory place(NodeId id) const;
  // Sets a step's pointer now, or in each run if it leads to a feed or a result.
  void connect(const void*& pointer, NodeId id);
  void connect(void*& pointer, NodeId id) { connect(const_cast<const void*&>(pointer), id); }

  // Room for partial sums: an offset until all of it is known.
  std::size_t reserve_partials(std::size_t bytes);
  void place_partials();

 private:
  void reserve_lists();
  Memory place_of_source(NodeId id) const;

  std::size_t partial_bytes_ = 0;
};

}  // namespace gradus
