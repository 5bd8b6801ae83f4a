#include <algorithm>

#include "draft.h"
#include "plan.h"

namespace gradus {

std::size_t Draft::feed_of(NodeId id) const {
  const auto& fed = key.placeholders;
  const auto found = std::ranges::lower_bound(fed, id);
  return found != fed.end() && *found == id ? static_cast<std::size_t>(found - fed.begin())
                                            : fed.size();
}

// From what is fetched and fed to a list of kernel calls.
std::unique_ptr<Plan> compile(PlanKey key, const CompileContext& context) {
  auto plan = std::make_unique<Plan>();
  plan->key = std::move(key);
  Draft draft{.key = plan->key, .context = context};

  // What must be computed for the fetches, and in which order.
  select_nodes(draft);
  // With the feeds' shapes every other shape follows. From here on nothing the user did is refused,
  // but for the memory that it takes.
  infer_shapes(draft);
  // Where each value lies, and which later one may take its place.
  place_values(draft);
  // One kernel call per node that is more than a view.
  make_steps(draft, *plan);

  plan->shapes = std::move(draft.new_shapes);
  return plan;
}

}  // namespace gradus
