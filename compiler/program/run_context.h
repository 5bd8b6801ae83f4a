// What a run gives to every kernel.
#pragma once

#include <cstdint>

#include <gradus/op/instruction_set.h>
#include <gradus/op/thread_pool.h>

#include "graph/graph_state.h"

namespace gradus {

struct RunContext {
  const GraphState& graph;  // the user's
  InstructionSet set;
  ThreadPool& threads;
  std::uint64_t seed, run;
};

}  // namespace gradus
