// Draft: what compile() knows of a run before it becomes a plan. Lists are by node number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include <gradus/graph_state.h>

#include "plan.h"

namespace gradus {

struct Draft {
  const PlanKey& key;
  const CompileContext& context;

  std::vector<NodeId> order = {};   // nodes to compute, ascending: operands before their readers
  std::vector<bool> computed = {};  // these
  std::vector<bool> shaped = {};    // these, and those of which only the shape is needed

  std::vector<const Shape*> shapes = {};
  std::deque<Shape> new_shapes = {};  // that the graph did not know

  // The node whose memory holds a node's elements: itself, or what a view looks at.
  std::vector<NodeId> storage = {};
  // Byte offsets into the arena; `outside` for sources.
  std::vector<std::size_t> offsets = {};
  std::size_t arena_bytes = 0;

  static constexpr std::size_t outside = static_cast<std::size_t>(-1);

  const GraphState& graph() const { return context.graph; }
  const Node& node(NodeId id) const { return graph().node(id); }
  const Shape& shape(NodeId id) const { return *shapes[index(id)]; }
  std::size_t byte_count(NodeId id) const {
    return static_cast<std::size_t>(shape(id).element_count()) * size_of(node(id).dtype);
  }
  bool is_source(NodeId id) const { return std::holds_alternative<IsSource>(node(id).op->kernel); }
  // The place of a placeholder among the feeds; the number of feeds if it is not fed.
  std::size_t feed_of(NodeId id) const;
};

// The passes, in the order in which compile() calls them.
void select_nodes(Draft& draft);
void infer_shapes(Draft& draft);
void place_values(Draft& draft);
void make_steps(const Draft& draft, Plan& plan);

}  // namespace gradus
