// The arrays behind a Graph. Users rarely need them; passes, plans, diagrams and traversal do.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gradus/gradient_function.h>
#include <gradus/initializer.h>
#include <gradus/op/attribute.h>
#include <gradus/tensor.h>

#include "growing_array.h"
#include "names/names.h"
#include "node.h"
#include "node_flags.h"
#include "recent_calls.h"

namespace gradus {

struct VariableRecord {
  NodeId node;
  Initializer initializer;
  bool is_trainable;
};

class GraphState : public std::enable_shared_from_this<GraphState> {
 public:
  std::int64_t node_count() const { return static_cast<std::int64_t>(nodes_.kinds.size()); }
  Node node(NodeId id) const {
    const NodeKind& kind = this->kind(id);
    const Provenance from = provenance(id);
    const NodePlace& place = places_[from.place];
    return {kind.op, kind.dtype, place.where, place.scope, from.origin, place.role};
  }
  std::span<const NodeId> operands(NodeId id) const {
    return std::span(operands_).subspan(nodes_.first_operands[index(id)], kind(id).operand_count);
  }
  const Shape& shape(NodeId id) const { return shapes_[kind(id).shape]; }
  std::span<const Attribute> attributes(NodeId id) const {
    return attribute_lists_[kind(id).attributes];
  }
  SourceLocation where(NodeId id) const { return locations_[places_[provenance(id).place].where]; }
  std::string name(NodeId id) const { return names_.name(id, *this); }
  const NodeKind& kind(NodeId id) const { return kinds_[kind_number(id)]; }
  // Below kind_count().
  std::uint32_t kind_number(NodeId id) const { return nodes_.kinds[index(id)]; }
  std::size_t kind_count() const { return kinds_.size(); }
  // The value of a literal number, which diagrams and texts write in place.
  const Array* literal(NodeId id) const;
  // The nodes that literal(number, ...) made, ascending, each with its number.
  std::vector<std::pair<NodeId, Number>> literals() const;

  // Appends a node whose shape and dtype are already decided. Operands exist before.
  NodeId append(const Op& op, std::span<const NodeId> operands,
                std::span<const Attribute> attributes, const Shape& shape, DType dtype,
                SourceLocation where);
  // The same of a kind of this graph.
  NodeId append(std::uint32_t kind, std::span<const NodeId> operands, SourceLocation where);
  std::uint32_t kind_number(const Op& op, std::size_t operand_count,
                            std::span<const Attribute> attributes, const Shape& shape, DType dtype);
  // For compilers: the first nodes of `other`, and room for the rest. Shapes and attribute lists
  // have the numbers that they have there, so that more nodes can be copied. They have no line,
  // scope, role and origin before copy_provenance().
  static std::shared_ptr<GraphState> copy_of_first(std::size_t count, const GraphState& other);
  // A copy of a node of `other`, whose operand i is number moved[i] here; of another shape, if it
  // is given.
  NodeId append_moved(const GraphState& other, NodeId id, std::span<const NodeId> moved,
                      const Shape* shape = nullptr);
  // Node i has line, scope, role and origin of node nodes[i] of `other`; without `nodes`, of node
  // i.
  void copy_provenance(const GraphState& other, std::span<const NodeId> nodes);
  // The node is a constant where it stands, and reads nothing. What it read is among all_operands()
  // until keep_only() drops it.
  void make_constant(NodeId id, const Array& value);
  // Drops all nodes but these, which read no other. Returns where each went, no_node if it is gone.
  std::vector<NodeId> keep_only(const NodeFlags& is_kept);
  // The constant node of a number: one per value and dtype.
  NodeId literal(Number number, DType dtype, SourceLocation where);
  void give_name(NodeId id, const std::string& name, std::string_view op, SourceLocation where) {
    names_.give(id, name, op, where, *this);
  }

  const Names& names() const { return names_; }
  Names& names() { return names_; }
  std::span<const VariableRecord> variables() const { return variables_; }
  // Null if the node is no variable.
  const VariableRecord* variable(NodeId id) const;
  void add_variable(VariableRecord record) { variables_.push_back(std::move(record)); }
  void set_trainable(NodeId id, bool trainable);

  // The rules of a custom_gradient node, one for each of its xs. They hold no Tensor: it would keep
  // the graph alive for ever.
  void keep_rules(NodeId id, std::vector<GradientFunction> rules) {
    custom_rules_[id] = std::move(rules);
  }
  const GradientFunction& custom_rule(NodeId id, std::size_t k) const {
    return custom_rules_.at(id)[k];
  }

  // All operands of all nodes, one node after the other, in order of ids.
  std::span<const NodeId> all_operands() const { return operands_; }

  Tensor tensor(NodeId id) { return Tensor(shared_from_this(), id); }

  // What new nodes carry beside their own: see At and InRole.
  struct Context {
    std::uint32_t where = 0;  // 0: each node its own line
    Role role = Role::forward;
    NodeId origin = no_node;
  };
  Context context;
  std::uint32_t location_number(SourceLocation where) { return locations_.number(where); }
  SourceLocation location(std::uint32_t number) const { return locations_[number]; }
  // The file of a line that is not of this program: the name lives as long as the graph and the
  // compiler's copies of it.
  const char* keep_file_name(const std::string& file);
  std::uint32_t attributes_number(std::span<const Attribute> attributes) {
    return attributes.empty() ? 0 : attribute_lists_.number(attributes);
  }

  // The streams of random nodes that are not in this graph, for it is a part of another that was
  // saved.
  std::int64_t streams_before = 0;

  // What the rules of ops decided of late: see add_node.
  RecentCalls recent_calls;

  // Where each operand ends in the result of the concat that was differentiated last.
  struct Ends {
    NodeId node = no_node;
    std::vector<std::int64_t> ends{};
  };
  Ends recent_ends;

 private:
  // 16 bytes for each node, 8 in a compiler's graph: a million have few kinds and come from few
  // places. Each part has an array of its own: who goes through a graph mostly asks for some alone.
  struct Provenance {
    std::uint32_t place = 0;
    NodeId origin = no_node;
  };
  struct StoredNodes {
    GrowingArray<std::uint32_t> kinds;
    GrowingArray<Provenance> provenances;
    GrowingArray<std::uint32_t> first_operands;
  };

  NodeId push(std::uint32_t kind, Provenance from, std::span<const NodeId> operands);
  Provenance provenance(NodeId id) const {
    return keeps_provenances_ ? nodes_.provenances[index(id)] : Provenance{};
  }

  StoredNodes nodes_;
  bool keeps_provenances_ = true;
  GrowingArray<NodeId> operands_;
  Interned<NodeKind, NodeHash> kinds_;
  Interned<NodePlace, NodeHash> places_;
  Interned<SourceLocation, NodeHash> locations_;
  std::shared_ptr<std::deque<std::string>> file_names_;  // null: all are of this program
  // Deques: what was handed out by reference stays where it is.
  Interned<Shape, std::hash<Shape>, std::deque<Shape>> shapes_;
  Interned<AttributeList, NodeHash, std::deque<AttributeList>> attribute_lists_;
  std::unordered_map<std::uint64_t, NodeId> literals_[5];
  std::vector<VariableRecord> variables_;  // ascending
  std::unordered_map<NodeId, std::vector<GradientFunction>> custom_rules_;
  Names names_;
};

// While it lives, new nodes have this role, and differentiate this node. The outermost role wins.
class InRole {
 public:
  InRole(GraphState& state, Role role) : state_(state), before_(state.context) {
    if (before_.role == Role::forward) state.context.role = role;
  }
  InRole(const InRole&) = delete;
  InRole& operator=(const InRole&) = delete;
  ~InRole() { state_.context = before_; }

 private:
  GraphState& state_;
  GraphState::Context before_;
};

}  // namespace gradus
