// Plan: a run as a flat list of kernel calls with resolved pointers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include <gradus/array.h>
#include <gradus/op/op.h>
#include <gradus/op/reduction.h>
#include <gradus/op/thread_pool.h>

#include "compiler/program/matmul_step.h"
#include "compiler/program/prune.h"
#include "compiler/schedule/schedule.h"
#include "graph/graph_state.h"
#include "kernels/loops/loop.h"

namespace gradus {

// One kernel call over whole arrays.
struct GeneralStep {
  NodeId node;  // of the user's graph
  GeneralKernel kernel;
  Call call;
  std::vector<ArrayView> inputs;
  ArrayView output;
  void* result;
  std::size_t scratch_bytes;
};

struct PlanStep {
  StepKind kind;
  std::uint32_t number;  // in the list of its kind
  NodeId node;           // of the user's graph, for which it is there
};

// What threads do between two barriers: see Stage.
struct PlanStage {
  std::uint32_t first, count;  // steps
  std::int64_t rows;
  Granules granules;   // of the rows
  std::int64_t chunk;  // granules that go through all steps before the next do
  int parts;           // 1 where sharing would cost more than it saves
};
// How many threads a stage really has.
inline int parts_of(const PlanStage& stage) {
  return stage.rows == 0
             ? stage.parts
             : static_cast<int>(std::min<std::int64_t>(stage.parts, stage.granules.count));
}

// A pointer that a run sets before its steps: to the value of a feed, or to the array of a result.
// Results are counted on after the feeds.
struct RunSlot {
  std::size_t number;
  const void** pointer;
};

struct Result {
  const void* data;
  std::size_t slot;  // if data is null: the number of this RunSlot; its own if it is written there
  Shape shape;
  DType dtype;
  // What the last run gave, and one before it: written again if nobody else has it any more.
  Array value = {}, spare = {};
};

struct Assignment {
  NodeId variable;  // of the user's graph
  const void* value;
  std::size_t slot;  // if value is null
  std::size_t byte_count;
};

// Made by compile() of a draft, run by execute(). Its pointers lead into itself: it does not move.
struct Plan {
  PlanKey key;
  std::shared_ptr<const GraphState> graph;  // of the last program: attributes live there
  std::vector<PlanStep> steps;
  std::vector<PlanStage> stages;
  std::vector<Loop> loops;
  std::deque<MatmulStep> products;
  std::deque<GeneralStep> generals;
  // What loops are made of.
  std::vector<LoopSlot> slots;
  std::vector<LoopInstruction> instructions;
  std::vector<Tile> tiles;  // each kernel once
  std::vector<LoopSum> sums;
  std::vector<RunSlot> run_slots;
  std::vector<Result> results;
  std::vector<Assignment> assignments;
  std::vector<NodeId> variables;      // of the user's graph: read or assigned
  std::deque<std::uint64_t> numbers;  // the bits of those that formulas have
  std::size_t arena_bytes = 0;
  std::size_t scratch_bytes = 0, all_scratch_bytes = 0;  // for each thread; as allocated
  std::shared_ptr<std::byte[]> partials;
  // Of the session, whose plans share them: the arena is that which pointers were made for.
  std::byte *arena = nullptr, *scratch = nullptr;

  Plan() = default;
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
};

}  // namespace gradus
