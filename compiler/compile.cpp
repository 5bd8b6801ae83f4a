#include "compile.h"

#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include "compiler/plan/make_steps.h"
#include "pipeline.h"

namespace gradus {
namespace {

// Whether it has changed something.
bool run(const Pass& pass, Draft& draft, const CompileContext& context,
         const PassObserver& observe) {
  // What a pass did is told before the next, or not at all. (= {} would keep the memory.)
  draft.program.moved = std::vector<NodeId>();
  draft.program.rewritings = std::vector<Rewriting>();
  if (pass.decide != nullptr)
    pass.decide(draft, context);
  else if (context.passes.*pass.is_on)
    draft.program = pass.rewrite(std::move(draft.program), context);
  const bool has_changed = pass.decide != nullptr || !draft.program.rewritings.empty();
  if (has_changed && observe) observe(pass.name, draft);
  return has_changed;
}

}  // namespace

Draft lower(const PlanKey& key, const CompileContext& context, const PassObserver& observe) {
  Draft draft;
  draft.program = prune(context.graph.shared_from_this(), key, context.where);
  if (observe) observe("prune", draft);

  // From here on nothing the user did is refused, but for the memory that it takes.
  constexpr int max_rounds = 8;  // an upper bound, never expected to be reached
  int rounds = 1;
  for (std::size_t i = 0; i < std::size(pipeline);) {
    const std::size_t repeats = pipeline[i].repeats;
    const bool has_changed = run(pipeline[i], draft, context, observe);
    const bool runs_again = has_changed && repeats > 1 && rounds++ < max_rounds;
    i = runs_again ? i + 1 - repeats : i + 1;
  }
  return draft;
}

Draft draft(const PlanKey& key, const CompileContext& context) {
  Draft draft = lower(key, context);
  plan_memory(draft, context);
  return draft;
}

std::unique_ptr<Plan> compile(PlanKey key, const Draft& draft, std::byte* arena,
                              const CompileContext& context) {
  auto plan = std::make_unique<Plan>();
  plan->key = std::move(key);
  plan->graph = draft.program.graph;
  plan->arena = arena;
  make_steps(draft, context, *plan);
  return plan;
}

}  // namespace gradus
