// Computes equal nodes once: of each node the first with its op, attributes and operands stays.
#include <algorithm>
#include <unordered_map>
#include <vector>

#include <gradus/op/records.h>

#include "compiler/pipeline.h"
#include "compiler/program/memo_per_kind.h"

namespace gradus {
namespace {

// Placeholders and variables are what they are; an assignment takes place as often as it is asked
// for, which its own check limits to one.
bool is_mergeable(const Op& op) {
  return !op.is_random && &op != &placeholder_op && &op != &variable_op && &op != &assign_op;
}

// The nodes so far. Equal nodes share their latest operand: the first reader of each operand is
// stored under it, the others by hash.
class Table {
 public:
  Table(const Rewriter& next, std::size_t nodes) : next_(next), first_readers_(nodes, no_node) {}

  // The place of the node of this kind with these operands: no_node, if there is none yet.
  NodeId& find(std::uint32_t kind, std::span<const NodeId> operands) {
    const auto is_equal = [&](NodeId id) {
      return next_.graph().kind_number(id) == kind &&
             std::ranges::equal(next_.graph().operands(id), operands);
    };
    if (!operands.empty()) {
      NodeId& first = first_readers_[index(std::ranges::max(operands))];
      if (first == no_node || is_equal(first)) return first;
    }
    std::size_t hash = kind;
    for (NodeId operand : operands) hash = mixed_hash(hash, index(operand));
    for (auto [other, last] = others_.equal_range(hash); other != last; ++other)
      if (is_equal(other->second)) return other->second;
    return others_.emplace(hash, no_node)->second;
  }

 private:
  const Rewriter& next_;
  std::vector<NodeId> first_readers_;
  std::unordered_multimap<std::size_t, NodeId> others_;
};

}  // namespace

Program common_subexpressions(Program program, const CompileContext&) {
  Rewriter next(program);
  Table table(next, static_cast<std::size_t>(program.graph->node_count()));
  for (NodeId id : program.nodes()) {
    if (!is_mergeable(program.op(id))) {
      next.keep(id);
      continue;
    }
    NodeId& same = table.find(program.graph->kind_number(id), next.operands(id));
    if (same != no_node) {
      next.replace(id, same, "equal nodes");
    } else {
      next.keep(id);
      same = next.at(id);
    }
  }
  return std::move(next).finish();
}

}  // namespace gradus
