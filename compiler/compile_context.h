// What the compiler is told beside the program.
#pragma once

#include <cstddef>
#include <functional>

#include <gradus/op/instruction_set.h>
#include <gradus/op/thread_pool.h>
#include <gradus/passes.h>
#include <gradus/source_location.h>

#include "graph/graph_state.h"

namespace gradus {

struct CompileContext {
  const GraphState& graph;
  InstructionSet set;
  ThreadPool& threads;
  std::size_t memory_limit;
  Passes passes;
  SourceLocation where;  // of the run
  // Whether a variable may take its new value while the run goes on: else at its end.
  bool assigns_in_place = true;
  // Where the value of a variable lies; it stays there as long as the session lives.
  std::function<void*(NodeId)> place_of;
};

}  // namespace gradus
