// Schedule: which nodes are computed together, and in which order.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/program/program.h"
#include "loop_form.h"

namespace gradus {

// A loop over tiles that computes all its nodes at once; a matrix product; or one kernel call.
enum class StepKind : std::uint8_t { loop, product, general };

inline constexpr std::uint32_t max_loop_nodes = 48;  // their tiles must fit the cache

struct ScheduledStep {
  StepKind kind;
  LoopDomain domain;  // of a loop
  std::uint32_t first = 0, count = 0;
};

struct Schedule {
  std::vector<ScheduledStep> steps;
  std::vector<NodeId> nodes;  // of all steps, each step's in ascending order
  // By node: the step that computes it; a view belongs to the step of what it looks at. none for
  // what is there before the run.
  std::vector<std::int32_t> step_of;
  // By node: itself, or what a view looks at; empty: there are no views.
  std::vector<NodeId> storages;
  // By node: what it can be in a loop.
  std::vector<LoopForm> forms;

  static constexpr std::int32_t none = -1;

  std::span<const NodeId> nodes_of(const ScheduledStep& step) const {
    return std::span(nodes).subspan(step.first, step.count);
  }
  NodeId storage(NodeId id) const { return storages.empty() ? id : storages[index(id)]; }
  std::int32_t step_of_storage(NodeId id) const { return step_of[index(storage(id))]; }
  LoopForm form(NodeId id) const { return forms[index(id)]; }
  // Whether the loop that makes an operand has it for this reader, element by element, while it
  // runs.
  bool is_at_hand(const Program& program, NodeId operand, const LoopNode& reader) const {
    return program.size(operand) == reader.domain.elements && !is_repeat(reader.form) &&
           !is_sum(form(storage(operand)));
  }
};

// One step per node that is more than a source or a view; with `fuses`, element-wise neighbours,
// what is repeated beside them and the sums of their results share loops.
Schedule schedule(const Program& program, bool fuses);

}  // namespace gradus
