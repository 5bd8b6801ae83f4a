// Node: a view of one call of an op, put together from the arrays of GraphState.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <gradus/op/attribute.h>
#include <gradus/shape.h>
#include <gradus/source_location.h>
#include <gradus/tensor.h>

#include "interned.h"

namespace gradus {

struct Op;

// What a node is there for.
enum class Role : std::uint8_t { forward, gradient, update };

inline constexpr NodeId no_node{-1};

// Shapes, attribute lists, source lines and scopes have numbers in their graph; equal ones have
// one.
struct Node {
  const Op* op;
  DType dtype;
  std::uint32_t where, scope;
  // Of a gradient: the node that it differentiates, or whose gradient it sums up. Else no_node.
  NodeId origin;
  Role role;
};

// What nodes made by equal calls have in common. Number 0 is of no node.
struct NodeKind {
  const Op* op = nullptr;
  std::uint32_t operand_count = 0, shape = 0, attributes = 0;
  DType dtype = float32;
  std::int64_t element_count = 0;  // of the shape; `any_size` if that is not known

  friend bool operator==(const NodeKind&, const NodeKind&) = default;
};

// Where nodes come from.
struct NodePlace {
  std::uint32_t where = 0, scope = 0;
  Role role = Role::forward;

  friend bool operator==(const NodePlace&, const NodePlace&) = default;
};

// One attribute list; found by its items, without a copy. All graphs that a compiler makes of a
// user's share it.
struct AttributeList {
  std::shared_ptr<const std::vector<Attribute>> items{};  // null: none

  AttributeList() = default;
  explicit AttributeList(std::span<const Attribute> from)
      : items(std::make_shared<const std::vector<Attribute>>(from.begin(), from.end())) {}
  operator std::span<const Attribute>() const {
    return items ? std::span<const Attribute>(*items) : std::span<const Attribute>();
  }
  friend bool operator==(const AttributeList& a, std::span<const Attribute> b) {
    const std::span<const Attribute> own = a;
    return std::equal(own.begin(), own.end(), b.begin(), b.end());
  }
};

struct NodeHash {
  std::size_t operator()(const NodeKind& kind) const;
  std::size_t operator()(const NodePlace& place) const;
  std::size_t operator()(std::span<const Attribute> attributes) const;
  std::size_t operator()(SourceLocation where) const;
};

}  // namespace gradus
