#include <algorithm>

#include "plan.h"

namespace gradus {
namespace {

// Elements first .. last - 1 of a step.
void run_range(const ElementwiseStep& step, const void* const* inputs, std::int64_t first,
               std::int64_t last) {
  bool has_numbers = false;
  for (std::size_t k = 0; k < step.arity; ++k) has_numbers |= step.input_bytes[k] == 0;
  const std::int64_t length = has_numbers ? tile_length : last - first;
  const void* at[4];
  for (std::int64_t i = first; i < last; i += length) {
    for (std::size_t k = 0; k < step.arity; ++k)
      at[k] = static_cast<const std::byte*>(inputs[k]) + i * step.input_bytes[k];
    step.tile(at, static_cast<std::byte*>(step.output) + i * step.output_bytes,
              std::min(length, last - i));
  }
}

void run(const ElementwiseStep& step, const void* const* inputs, ThreadPool& threads) {
  constexpr std::int64_t part = 1 << 15;
  if (threads.threads() == 1 || step.n <= part) {
    run_range(step, inputs, 0, step.n);
    return;
  }
  threads.parallel_for((step.n + part - 1) / part, [&](std::int64_t i) {
    run_range(step, inputs, i * part, std::min((i + 1) * part, step.n));
  });
}

void run(const GeneralStep& step, void* scratch, const RunContext& context) {
  try {
    step.kernel.run({.f = step.call,
                     .inputs = step.inputs,
                     .output = step.output,
                     .result = step.result,
                     .scratch = scratch,
                     .set = context.set,
                     .threads = context.threads,
                     .seed = context.seed,
                     .run = context.run});
  } catch (const RuleFailure& failure) {
    const GraphState& graph = context.graph;
    std::vector<Shape> shapes;
    for (const ArrayView& input : step.inputs) shapes.push_back(input.shape);
    throw_failure(failure, *graph.node(step.node).op, graph, graph.where(step.node),
                  graph.name(step.node), graph.operands(step.node), shapes);
  }
}

}  // namespace

void execute(Plan& plan, std::span<const void* const> feeds, const RunContext& context) {
  for (const FeedSlot& slot : plan.feed_slots) *slot.pointer = feeds[slot.feed];
  for (const StepNumber& number : plan.steps) {
    if (number.is_elementwise) {
      const ElementwiseStep& step = plan.elementwise[number.number];
      run(step, plan.pointers.data() + step.first_input, context.threads);
    } else {
      run(plan.general[number.number], plan.scratch.get(), context);
    }
  }
}

}  // namespace gradus
