#include "draft.h"

#include <algorithm>

#include <gradus/op.h>

namespace gradus {

// One descending sweep: readers come before their operands. A node of which only the shape is read
// is not computed, but needs the shapes of its own operands.
void select_nodes(Draft& draft) {
  const auto n = static_cast<std::size_t>(draft.graph().node_count());
  draft.computed.resize(n);
  draft.shaped.resize(n);
  std::size_t last = 0;
  for (NodeId fetch : draft.key.fetches) {
    draft.computed[index(fetch)] = draft.shaped[index(fetch)] = true;
    last = std::max(last, index(fetch));
  }
  for (std::size_t i = last + 1; i-- > 0;) {
    if (!draft.shaped[i]) continue;
    const NodeId id{static_cast<std::int32_t>(i)};
    if (draft.computed[i]) draft.order.push_back(id);
    const auto operands = draft.graph().operands(id);
    for (std::size_t k = 0; k < operands.size(); ++k) {
      const std::size_t operand = index(operands[k]);
      draft.shaped[operand] = true;
      if (draft.computed[i] && !draft.node(id).op->reads_shape_alone(k))
        draft.computed[operand] = true;
    }
  }
  std::reverse(draft.order.begin(), draft.order.end());
}

}  // namespace gradus
