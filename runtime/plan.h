// Plan: a run as a flat list of kernel calls with resolved pointers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include <gradus/array.h>
#include <gradus/graph_state.h>
#include <gradus/instruction_set.h>
#include <gradus/op.h>
#include <gradus/thread_pool.h>

namespace gradus {

// What a plan is made for: it serves every run with the same key.
struct PlanKey {
  std::vector<NodeId> fetches;
  std::vector<NodeId> placeholders;  // fed, ascending
  std::vector<Shape> shapes;         // of the feeds

  friend bool operator==(const PlanKey&, const PlanKey&) = default;
};

// Elements of literals and numeric attributes are repeated as often: a tile reads so many at once.
inline constexpr std::int64_t tile_length = 512;

// One element-wise kernel call; its inputs are neighbours in Plan::pointers.
struct ElementwiseStep {
  Tile tile;
  void* output;
  std::int64_t n;
  std::uint32_t first_input;
  std::uint8_t arity, output_bytes;
  std::uint8_t input_bytes[4];  // per element; 0 for an input that is the same everywhere
};

// One kernel call over whole arrays.
struct GeneralStep {
  NodeId node;
  GeneralKernel kernel;
  Call call;
  std::vector<ArrayView> inputs;
  ArrayView output;
  void* result;
  std::size_t scratch_bytes;
};

// Steps in order: the sign tells the list, the rest the place in it.
struct StepNumber {
  bool is_elementwise;
  std::uint32_t number;
};

// A pointer that a run sets before its steps: to the value of a feed.
struct FeedSlot {
  std::size_t feed;
  const void** pointer;
};

struct Result {
  const void* data;
  std::size_t feed;  // if data is null: this feed's value
  Shape shape;
  DType dtype;
};

struct Assignment {
  NodeId variable;
  const void* value;
  std::size_t feed;  // if value is null
  std::size_t byte_count;
};

// Made by compile(), run by execute(). Its pointers lead into itself: it does not move.
struct Plan {
  PlanKey key;
  std::vector<StepNumber> steps;
  std::vector<ElementwiseStep> elementwise;
  std::deque<GeneralStep> general;
  std::vector<const void*> pointers;
  std::vector<FeedSlot> feed_slots;
  std::vector<Result> results;
  std::vector<Assignment> assignments;
  std::vector<NodeId> variables;  // read or assigned
  std::deque<Shape> shapes;       // that the graph did not know
  std::deque<Array> splats;       // literals, tile_length times
  std::shared_ptr<std::byte[]> arena, scratch;

  Plan() = default;
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
};

struct CompileContext {
  const GraphState& graph;
  InstructionSet set;
  ThreadPool& threads;
  std::size_t memory_limit;
  SourceLocation where;  // of the run
  // Where the value of a variable lies; it stays there as long as the session lives.
  std::function<const void*(NodeId)> place_of;
};

std::unique_ptr<Plan> compile(PlanKey key, const CompileContext& context);

struct RunContext {
  const GraphState& graph;
  InstructionSet set;
  ThreadPool& threads;
  std::uint64_t seed, run;
};

// Runs all steps. `feeds` are the values in the order of key.placeholders. DataError where a kernel
// refuses a value.
void execute(Plan& plan, std::span<const void* const> feeds, const RunContext& context);

}  // namespace gradus
