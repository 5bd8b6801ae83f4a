// MemoPerKind: what follows from the kind of a node, found once for each. A long graph has few.
//
//   MemoPerKind<bool> is_foldable(graph);
//   if (is_foldable.of(id, [&](NodeId first) { return ...; })) ...
#pragma once

#include <optional>
#include <unordered_set>
#include <vector>

#include "program.h"

namespace gradus {

template <class T>
class MemoPerKind {
 public:
  explicit MemoPerKind(const GraphState& graph) : graph_(graph), known_(graph.kind_count()) {}

  // What `find` says of the first node of this kind.
  template <class Find>
  const T& of(NodeId id, const Find& find) {
    std::optional<T>& known = known_[graph_.kind_number(id)];
    if (!known) known = find(id);
    return *known;
  }

 private:
  const GraphState& graph_;
  std::vector<std::optional<T>> known_;
};

// The ops that nodes of a program call.
inline std::unordered_set<const Op*> ops_of(const Program& program) {
  std::unordered_set<const Op*> ops;
  MemoPerKind<bool> is_new(*program.graph);
  for (NodeId id : program.nodes())
    is_new.of(id, [&](NodeId first) { return ops.insert(&program.op(first)).second; });
  return ops;
}

}  // namespace gradus
