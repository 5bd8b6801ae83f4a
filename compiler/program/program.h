// Program: the graph of one run, all of whose shapes are known. Rewriter: how a pass makes the next
// one.
//
//   Program drop_doubles(Program before) {
//     Rewriter next(before);
//     for (NodeId id : before.nodes())
//       if (const NodeId same = ...; same != no_node) next.replace(id, same, "equal nodes");
//       else next.keep(id);
//     return std::move(next).finish();
//   }
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "graph/graph_state.h"
#include "graph/node_flags.h"

namespace gradus {

// What a pass did at a node of the program before.
struct Rewriting {
  NodeId node;
  std::string_view rule;
};

// Nodes 0 .. count - 1, to go through.
struct NodeRange {
  struct Iterator {
    std::int32_t i;
    NodeId operator*() const { return NodeId{i}; }
    Iterator& operator++() {
      ++i;
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;
  };
  std::int32_t count;
  Iterator begin() const { return {0}; }
  Iterator end() const { return {count}; }
};

// All shapes are known, and every node is there because a result needs it. Programs share graphs;
// only a sole owner changes one in place.
struct Program {
  std::shared_ptr<const GraphState> graph;
  std::vector<NodeId> results;  // what is fetched, in order
  // Of each node the one of the user's graph that it comes from; empty: they are the same.
  std::vector<NodeId> origins = {};
  // What the pass that made this program did: where each node of the program before went (no_node:
  // nowhere; empty: all stayed where they were), and why.
  std::vector<NodeId> moved = {};
  std::vector<Rewriting> rewritings = {};

  NodeRange nodes() const { return {static_cast<std::int32_t>(graph->node_count())}; }
  Node node(NodeId id) const { return graph->node(id); }
  const Op& op(NodeId id) const { return *graph->kind(id).op; }
  DType dtype(NodeId id) const { return graph->kind(id).dtype; }
  const Shape& shape(NodeId id) const { return graph->shape(id); }
  std::span<const NodeId> operands(NodeId id) const { return graph->operands(id); }
  std::int64_t size(NodeId id) const { return graph->kind(id).element_count; }
  std::size_t byte_count(NodeId id) const {
    return static_cast<std::size_t>(size(id)) * size_of(dtype(id));
  }
  NodeId origin(NodeId id) const { return origins.empty() ? id : origins[index(id)]; }
};

// A copy whose nodes carry the names of the user's nodes that they come from; a second node of that
// name ends in "~2".
std::shared_ptr<GraphState> named_copy(const Program& program, const GraphState& original);

// Drops what no result needs; tells where each node went (empty: all stayed where they were).
std::vector<NodeId> drop_unread(GraphState& graph, std::vector<NodeId>& results,
                                std::vector<NodeId>& origins);

// Which nodes have one reader, and one alone; a result counts as one.
NodeFlags read_once(const Program& program);

// Goes through a program in order. Nothing is copied before something changes: a pass that finds
// nothing to do returns the program that it was given.
class Rewriter {
 public:
  explicit Rewriter(Program& before) : before_(before) {}

  // The graph as it is so far, in which the nodes that at() tells lie.
  const GraphState& graph() const { return is_copying_ ? *next_ : *before_.graph; }
  // The node that stands for a node of the program before.
  NodeId at(NodeId old) const { return is_copying_ ? moved_[index(old)] : old; }
  // The operands of a node of the program before, as they are now; valid until the next call.
  std::span<const NodeId> operands(NodeId old);

  // Copies the next node.
  void keep(NodeId old) {
    if (is_copying_) copy(old);
    ++done_;
  }
  void keep(NodeId old, const Shape& shape);
  // The next node is replaced by another; by none, if `by` is no_node: then nobody reads it.
  void replace(NodeId old, NodeId by, std::string_view rule);

  // To append nodes on behalf of the next node, by the ops' own functions or as they are.
  Tensor tensor(NodeId now) { return Tensor(writable(), now); }
  const std::shared_ptr<GraphState>& writable();

  // The new program, without what no result needs; the old one, moved, if nothing changed.
  Program finish() &&;

 private:
  void start_copying();
  void copy(NodeId old, const Shape* shape = nullptr);
  void record_origins(NodeId old);

  Program& before_;
  std::shared_ptr<GraphState> next_;
  bool is_copying_ = false;
  bool may_have_unread_ = false;
  std::int32_t done_ = 0;  // nodes of the program before
  std::vector<NodeId> moved_, origins_;
  std::vector<NodeId> operands_;
  std::vector<Rewriting> rewritings_;
};

}  // namespace gradus
