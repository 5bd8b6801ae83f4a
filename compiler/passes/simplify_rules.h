// The rules of simplify: each looks at one node, whose operands are simple already, and finds a
// simpler one of the same value, if it can.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include <gradus/op/op.h>

#include "compiler/program/program.h"

namespace gradus {

// A node of the program before, and its operands in the next one.
class Site {
 public:
  static constexpr std::size_t max_operands = 4;  // of an op that has rules

  Site(const Program& before, Rewriter& next, NodeId old)
      : before_(before), next_(next), old_(old) {
    for (NodeId operand : next.operands(old)) operands_[count_++] = operand;
  }

  const Op& op() const { return before_.op(old_); }
  DType dtype() const { return before_.dtype(old_); }
  const Shape& shape() const { return before_.shape(old_); }
  std::span<const NodeId> operands() const { return std::span(operands_).first(count_); }
  NodeId operand(std::size_t k) const { return operands_[k]; }
  template <class T>
  T attribute(const Key<T>& key) const {
    return Call(op(), before_.graph->attributes(old_))[key];
  }

  // What is known of a node of the next program.
  const GraphState& graph() const { return next_.graph(); }
  bool is(NodeId id, const Op& op) const { return graph().kind(id).op == &op; }
  NodeId operand_of(NodeId id, std::size_t k) const { return graph().operands(id)[k]; }
  const Shape& shape_of(NodeId id) const { return graph().shape(id); }
  template <class T>
  T attribute_of(NodeId id, const Key<T>& key) const {
    return Call(*graph().node(id).op, graph().attributes(id))[key];
  }
  // The number that a scalar constant of a float type is.
  std::optional<double> number(NodeId id) const;

  // To make nodes by the ops' own functions.
  Tensor tensor(NodeId id) const { return next_.tensor(id); }
  Tensor number(Number value) const;  // of the node's dtype
  // The node itself with other operands.
  NodeId same_with(std::span<const NodeId> operands) const {
    return next_.writable()->append(before_.graph->kind_number(old_), operands, {});
  }
  // The same, whose value then has this shape.
  NodeId same_with(std::span<const NodeId> operands, const Shape& shape) const {
    return next_.writable()->append(op(), operands, before_.graph->attributes(old_), shape, dtype(),
                                    {});
  }

 private:
  const Program& before_;
  Rewriter& next_;
  NodeId old_;
  std::array<NodeId, max_operands> operands_{};
  std::size_t count_ = 0;
};

struct SimplifyRule {
  std::string_view name;  // "1 * x = x"
  // no_node if the rule says nothing about this node.
  NodeId (*apply)(const Site& site);
  // The rule says nothing unless this op makes an operand; null: it may.
  const Op* operand = nullptr;
  // Drops an operand. Rules like this are left out where the program assigns variables: the operand
  // might be an assignment, which must happen.
  bool drops_operand = false;
};

// The rules for nodes of this op.
std::span<const SimplifyRule> simplify_rules_for(const Op& op);
// Those for all element-wise ops.
std::span<const SimplifyRule> simplify_rules_for_elementwise();

}  // namespace gradus
