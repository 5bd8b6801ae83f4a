#include "execute.h"

#include "compiler/program/refusals.h"
#include "recorder.h"

namespace gradus {
namespace {

// One part of a run on one thread, with its own scratch.
struct Worker {
  const Plan& plan;
  InstructionSet set;
  std::byte* scratch;
};

// Granules first .. last - 1 of the rows of a stage go through all its steps.
template <class Watcher>
void run_chunk(const Worker& worker, const PlanStage& stage, std::int64_t first, std::int64_t last,
               std::int64_t part, Watcher& watcher) {
  for (std::uint32_t i = stage.first; i < stage.first + stage.count; ++i)
    watcher.watch(Recorder::Kind::step, i, part, [&] {
      const PlanStep& step = worker.plan.steps[i];
      if (step.kind == StepKind::loop)
        return run_granules(worker.plan.loops[step.number], first, last, worker.scratch);
      const MatmulStep& product = worker.plan.products[step.number];
      multiply(product, 0,
               {stage.granules.begin(first, stage.rows), stage.granules.begin(last, stage.rows), 0,
                product.sum.columns},
               worker.set, worker.scratch);
    });
}

// Part `part` of `parts` of the rows of a stage, chunk by chunk: what a step makes is still in the
// cache when the next reads it.
template <class Watcher>
void run_rows(const Worker& worker, const PlanStage& stage, std::int64_t part, std::int64_t parts,
              Watcher& watcher) {
  const std::int64_t last = stage.granules.count * (part + 1) / parts;
  for (std::int64_t i = stage.granules.count * part / parts; i < last; i += stage.chunk)
    run_chunk(worker, stage, i, std::min(i + stage.chunk, last), part, watcher);
}

// Part `part` of `parts` of each step of a stage.
template <class Watcher>
void run_parts(const Worker& worker, const PlanStage& stage, std::int64_t part, std::int64_t parts,
               Watcher& watcher) {
  for (std::uint32_t i = stage.first; i < stage.first + stage.count; ++i)
    watcher.watch(Recorder::Kind::step, i, part, [&] {
      const PlanStep& step = worker.plan.steps[i];
      if (step.kind == StepKind::loop) {
        const Loop& loop = worker.plan.loops[step.number];
        return run_granules(loop, loop.granules.count * part / parts,
                            loop.granules.count * (part + 1) / parts, worker.scratch);
      }
      multiply_part(worker.plan.products[step.number], part, parts, worker.set, worker.scratch);
    });
}

void run_general(const Plan& plan, const GeneralStep& step, const RunContext& context) {
  try {
    step.kernel.run({.f = step.call,
                     .inputs = step.inputs,
                     .output = step.output,
                     .result = step.result,
                     .scratch = plan.scratch,
                     .set = context.set,
                     .threads = context.threads,
                     .seed = context.seed,
                     .run = context.run});
  } catch (const RuleFailure& failure) {
    refuse_value(failure, context.graph, step.node, step.inputs);
  }
}

template <class Watcher>
void run_stage(const Plan& plan, const PlanStage& stage, const RunContext& context,
               Watcher& watcher) {
  const PlanStep& first = plan.steps[stage.first];
  if (first.kind == StepKind::general)
    return watcher.watch(Recorder::Kind::step, stage.first, 0,
                         [&] { run_general(plan, plan.generals[first.number], context); });
  const std::int64_t parts = parts_of(stage);
  const auto run = [&](std::int64_t part) {
    const Worker worker{plan, context.set,
                        plan.scratch + static_cast<std::size_t>(part) * plan.scratch_bytes};
    if (stage.rows != 0)
      run_rows(worker, stage, part, parts, watcher);
    else
      run_parts(worker, stage, part, parts, watcher);
  };
  if (parts == 1)
    run(0);
  else
    context.threads.parallel_for(parts, run);
  for (std::uint32_t i = stage.first; i < stage.first + stage.count; ++i)
    if (plan.steps[i].kind == StepKind::loop && !plan.loops[plan.steps[i].number].sums.empty())
      watcher.watch(Recorder::Kind::sums, i, 0,
                    [&] { finish_sums(plan.loops[plan.steps[i].number]); });
}

// Who watches is known when this is compiled: a run that nobody watches reads no clock and asks
// nothing.
template <class Watcher>
void run_stages(const Plan& plan, const RunContext& context, Watcher& watcher) {
  for (std::size_t i = 0; i < plan.stages.size(); ++i)
    watcher.watch(Recorder::Kind::stage, i, 0,
                  [&] { run_stage(plan, plan.stages[i], context, watcher); });
}

}  // namespace

void execute(Plan& plan, std::span<const void* const> data, const RunContext& context,
             Recorder* recorder) {
  for (const RunSlot& slot : plan.run_slots) *slot.pointer = data[slot.number];
  if (recorder != nullptr) return run_stages(plan, context, *recorder);
  const NoRecorder nobody;
  run_stages(plan, context, nobody);
}

}  // namespace gradus
