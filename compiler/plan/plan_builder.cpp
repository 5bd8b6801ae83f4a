#include "plan_builder.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

#include <fmt/format.h>

#include <gradus/error.h>

#include "core/memory.h"

namespace gradus {

PlanBuilder::PlanBuilder(const Draft& from, const CompileContext& in, Plan& to)
    : draft(from), context(in), plan(to) {
  reserve_lists();
  plan.arena_bytes = draft.arena_bytes;
}

// Steps point into these lists: they must not move while they grow.
void PlanBuilder::reserve_lists() {
  const Program& program = draft.program;
  std::size_t slots = 0, sums = 0, loops = 0;
  for (const ScheduledStep& step : draft.schedule.steps) {
    if (step.kind != StepKind::loop) continue;
    ++loops;
    for (NodeId id : draft.schedule.nodes_of(step)) {
      slots += program.operands(id).size() + program.op(id).parameters.size() + 1;
      sums += is_sum(draft.schedule.form(id));
    }
  }
  plan.loops.reserve(loops);
  plan.slots.reserve(slots);
  plan.instructions.reserve(draft.schedule.nodes.size());
  plan.sums.reserve(sums);
  plan.steps.reserve(draft.schedule.steps.size());
  plan.stages.reserve(draft.stages.stages.size());
}

PlanBuilder::Memory PlanBuilder::place(NodeId id) const {
  const NodeId stored = draft.schedule.storage(id);
  const Draft::Place& found = draft.places[index(stored)];
  switch (found.home) {
    case Draft::Home::arena:
      return {plan.arena + found.at, 0};
    case Draft::Home::variable:
      return {context.place_of(draft.program.origin(found.node())), 0};
    case Draft::Home::result:
      return {nullptr, plan.key.placeholders.size() + found.at};
    case Draft::Home::source:
      return place_of_source(stored);
    case Draft::Home::loop:
      break;
  }
  throw InternalError(
      fmt::format("run: \"{}\" has no memory", context.graph.name(draft.program.origin(id))));
}

PlanBuilder::Memory PlanBuilder::place_of_source(NodeId id) const {
  const Program& program = draft.program;
  const Op& op = program.op(id);
  if (&op == &variable_op) return {context.place_of(program.origin(id)), 0};
  if (&op == &constant_op)
    return {const_cast<void*>(std::get<Array>(program.graph->attributes(id)[0].value).data()), 0};
  const auto& fed = plan.key.placeholders;
  const auto found = std::ranges::lower_bound(fed, program.origin(id));
  return {nullptr, static_cast<std::size_t>(found - fed.begin())};
}

void PlanBuilder::connect(const void*& pointer, NodeId id) {
  const auto [data, slot] = place(id);
  pointer = data;
  if (data == nullptr) plan.run_slots.push_back({slot, &pointer});
}

std::size_t PlanBuilder::reserve_partials(std::size_t bytes) {
  const std::size_t offset = partial_bytes_;
  partial_bytes_ += (bytes + 63) / 64 * 64;
  return offset;
}

void PlanBuilder::place_partials() {
  plan.partials = uninitialized_bytes(partial_bytes_);
  if (plan.partials == nullptr) throw std::bad_alloc();
  std::memset(plan.partials.get(), 0, std::max<std::size_t>(partial_bytes_, 1));
  for (LoopSum& sum : plan.sums)
    sum.partial = plan.partials.get() + std::bit_cast<std::size_t>(sum.partial);
}

}  // namespace gradus
