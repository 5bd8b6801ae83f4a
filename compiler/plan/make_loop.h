// The instructions of a loop from the nodes that it computes.
#pragma once

#include <functional>
#include <vector>

#include "compiler/passes/memo_per_kind.h"
#include "draft.h"
#include "plan.h"

namespace gradus {

// What an element-wise node is in a loop: a kernel for lanes of this type, and the bits of the
// numbers that follow the operands.
struct LoopFormula {
  DType lanes = float32;
  TileNumber tile = 0;
  std::vector<std::uint64_t> parameters = {};
};

// How the maker of steps tells where things are.
struct LoopMaking {
  const Draft& draft;
  Plan& plan;
  InstructionSet set;
  OfKinds<LoopFormula>& formulas;
  // The memory of a storage; if it is a feed's, `pointer` will be set in each run.
  std::function<void(const void*& pointer, NodeId id)> connect;
  // The slot of the number with these bits; of kind scalar, it needs a buffer.
  std::function<LoopSlot(std::uint64_t bits, DType dtype)> number;
  // Zeroed memory for partial sums, at this offset of Plan::partials.
  std::function<std::size_t(std::size_t bytes)> reserve_partials;
};

// What adds the loop of a step to the plan. The making must outlive it.
std::function<void(const ScheduledStep&, const Stage&)> loop_maker(const LoopMaking& making);

}  // namespace gradus
