// What is in a graph several times in a row: the layers of a deep network, the steps of a recurrent
// one. Each is drawn once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "graph/graph_state.h"

namespace gradus {

// So many neighbours of one scope that are alike: whole scopes, nodes, or some of each.
struct Repeat {
  std::uint32_t scope;  // that they are in
  std::size_t times;
  std::uint32_t only_scope = 0;  // that one repetition is, if it is no more than that, and
  std::uint32_t last_scope = 0;  // that the last one is
};

class Repeats {
 public:
  static constexpr std::size_t none = ~std::size_t{0};

  // Of no graph: nothing is repeated.
  Repeats() = default;
  // Among these nodes, in ascending order. The time grows as their number.
  Repeats(const GraphState& graph, const std::vector<NodeId>& nodes);

  const std::vector<Repeat>& all() const { return repeats_; }
  // The node of the first repetition that is drawn for this one, or the node itself.
  NodeId drawn(NodeId id) const;
  // The last node that this one is drawn for.
  NodeId last(NodeId id) const;
  // The repeat that a drawn node, or a scope of such nodes, is an item of; or none.
  std::size_t of_node(NodeId id, std::uint32_t scope) const;
  std::size_t of_scope(std::uint32_t scope) const;
  // Whether a value goes from one repetition of something to another one.
  bool moves_on(NodeId from, NodeId to) const;

 private:
  friend class RepeatFinder;
  // One of the repeats that a node is in.
  struct Level {
    std::size_t repeat, number;  // which repetition it is in
    NodeId first;                // its counterpart in repetition 0
  };
  // From the outermost repeat inwards; what lies in a later repetition has no more levels, but its
  // counterpart has them.
  std::unordered_map<NodeId, std::vector<Level>> levels_;
  std::vector<Repeat> repeats_;
  std::unordered_map<NodeId, NodeId> last_;
  std::unordered_map<std::uint32_t, std::size_t> of_scope_;
};

}  // namespace gradus
