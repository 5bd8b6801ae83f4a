#include "compiler/plan/draft.h"
#include "compiler/plan/make_steps.h"
#include "compiler/plan/plan.h"
#include "rewrite.h"

namespace gradus {

// From what is fetched and fed to what runs, and where.
Draft draft(const PlanKey& key, const CompileContext& context) {
  Draft draft;

  // What must be computed for the fetches, with the shapes that follow from the feeds. From here on
  // nothing the user did is refused, but for the memory that it takes.
  draft.program = prune(context.graph.shared_from_this(), key, context.where);
  // Constants are folded, equal nodes merged, the rest simplified, and matrix products placed.
  draft.program = rewrite(std::move(draft.program), context.passes, context.set);

  // Which nodes are computed together, in one loop, and in which order.
  draft.schedule = schedule(draft.program, context.passes.fuse);
  // What threads do between two meetings.
  draft.stages = split_rows(draft.program, draft.schedule, context.passes.split_rows);
  // Where each value lies, and which later one may take its place.
  place_values(draft, context);
  return draft;
}

// From there to a list of kernel calls with resolved pointers.
std::unique_ptr<Plan> compile(PlanKey key, const Draft& draft, const CompileContext& context) {
  auto plan = std::make_unique<Plan>();
  plan->key = std::move(key);
  plan->graph = draft.program.graph;
  make_steps(draft, context, *plan);
  return plan;
}

}  // namespace gradus
