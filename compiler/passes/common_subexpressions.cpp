#include <algorithm>
#include <unordered_set>
#include <vector>

#include <gradus/op/records.h>
#include <gradus/state.h>

#include "memo_per_kind.h"
#include "passes.h"

namespace gradus {
namespace {

// Whether two nodes of one graph compute the same. Equal calls are of one kind.
bool are_equal(const GraphState& graph, NodeId a, NodeId b) {
  return graph.kind_number(a) == graph.kind_number(b) &&
         std::ranges::equal(graph.operands(a), graph.operands(b));
}

// Placeholders and variables are what they are; an assignment takes place as often as it is asked
// for, which its own check limits to one.
bool is_mergeable(const Op& op) {
  return !op.is_random && &op != &placeholder_op && &op != &variable_op && &op != &assign_op;
}

// The nodes so far. Equal nodes have the same latest operand, and few nodes have the same: the
// first of them has a place by that operand, the others are found by their hash.
class Table {
 public:
  explicit Table(const Rewriter& next, std::size_t nodes)
      : next_(next), first_readers_(nodes, no_node), others_(0, Hash{next}, Equal{next}) {}

  // The equal node that is there, or this one from now on.
  NodeId find_or_add(NodeId id) {
    const auto operands = next_.graph().operands(id);
    if (!operands.empty()) {
      NodeId& first = first_readers_[index(std::ranges::max(operands))];
      if (first == no_node) first = id;
      if (first == id || are_equal(next_.graph(), first, id)) return first;
    }
    return *others_.insert(id).first;
  }

 private:
  struct Hash {
    const Rewriter& next;
    std::size_t operator()(NodeId id) const {
      std::size_t hash = next.graph().kind_number(id);
      for (NodeId operand : next.graph().operands(id)) hash = mixed_hash(hash, index(operand));
      return hash;
    }
  };
  struct Equal {
    const Rewriter& next;
    bool operator()(NodeId a, NodeId b) const { return are_equal(next.graph(), a, b); }
  };

  const Rewriter& next_;
  std::vector<NodeId> first_readers_;
  std::unordered_set<NodeId, Hash, Equal> others_;
};

}  // namespace

Program merge(Program program) {
  Rewriter next(program);
  Table table(next, static_cast<std::size_t>(program.graph->node_count()));
  OfKinds<bool> mergeable(*program.graph);
  for (NodeId id : program.nodes()) {
    next.keep(id);
    if (!mergeable.of(id, [&](NodeId first) { return is_mergeable(program.op(first)); })) continue;
    const NodeId now = next.at(id), same = table.find_or_add(now);
    if (same != now) next.redirect(id, same, "equal nodes");
  }
  return std::move(next).finish();
}

}  // namespace gradus
