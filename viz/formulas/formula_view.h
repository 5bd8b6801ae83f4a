// The graph as a formula shows it: broadcasts are invisible, a product with 1 is its other factor,
// the transpose of a transpose is nothing, what follows from numbers alone is a number. None of the
// rewrites touches the graph.
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "graph/graph_state.h"

namespace gradus {

// A factor of a matrix product.
struct Factor {
  NodeId node;
  bool is_transposed;
};

class FormulaView {
 public:
  using Predicate = std::function<bool(NodeId)>;
  using ShapeOf = std::function<Shape(NodeId)>;

  // `opens` says which nodes may be looked through: not those that the reader knows by name.
  FormulaView(const GraphState& graph, Predicate opens, ShapeOf shape_of, bool shows_broadcasts)
      : graph_(graph),
        opens_(std::move(opens)),
        shape_of_(std::move(shape_of)),
        shows_broadcasts_(shows_broadcasts) {}

  const GraphState& graph() const { return graph_; }
  bool shows_broadcasts() const { return shows_broadcasts_; }
  Shape shape(NodeId id) const { return shape_of_(id); }

  // The node that is shown where this one is read.
  NodeId seen(NodeId id) const;
  NodeId operand(NodeId id, std::size_t k) const { return seen(graph_.operands(id)[k]); }

  // The nodes that the formula of this one is written with.
  std::vector<NodeId> parts(NodeId id) const;

  // What the node is, if it follows from numbers alone: 2 for 3 - 1, 1 for 3 == 3.
  std::optional<double> number(NodeId id) const { return number(id, 4); }
  // Whether the node is 1 everywhere.
  bool is_ones(NodeId id) const;
  // x, where the node is dy f'(x) of an activation f: not f(x), which some of these read.
  std::optional<NodeId> slope_input(NodeId id) const;

  // Of a matmul.
  std::vector<Factor> factors(NodeId id) const;
  // e, where the node is the sum of all squares of e.
  std::optional<NodeId> squared_norm(NodeId id) const;
  // e, where the node has the sum of squares of each row of e.
  std::optional<NodeId> squared_row_norms(NodeId id) const;
  // e, where the node is the mean of these.
  std::optional<NodeId> mean_of_squared_row_norms(NodeId id) const;
  // The slice x[1:2] whose axes of one element the node drops: x[1].
  std::optional<NodeId> indexed_slice(NodeId id) const;
  // b, where the node is a + (-b).
  std::optional<NodeId> subtracted(NodeId id) const;
  // Where the node is (k / n) (m y), k / n a ratio of counts and m a power of 2: the ratio, m, y.
  struct Scaled {
    NodeId ratio, number, scaled;
  };
  std::optional<Scaled> scaled(NodeId id) const;

 private:
  bool is(NodeId id, const Op& op) const { return graph_.node(id).op == &op; }
  bool opens(NodeId id, const Op& op) const { return is(id, op) && opens_(id); }
  bool is_matrix_transpose(NodeId id) const;
  bool keeps_shape(NodeId id, std::size_t k) const;
  // Of expressions of so many levels.
  std::optional<double> number(NodeId id, int levels) const;
  // What the node repeats along axes.
  NodeId repeated(NodeId id) const;
  std::optional<NodeId> step(NodeId id) const;

  const GraphState& graph_;
  Predicate opens_;
  ShapeOf shape_of_;
  bool shows_broadcasts_;
};

// The attribute of a node; null if it has none of this key.
template <class T>
const T* attribute(const GraphState& graph, NodeId id, const Key<T>& key) {
  for (const Attribute& a : graph.attributes(id))
    if (a.key == &key) return std::get_if<T>(&a.value);
  return nullptr;
}

// Whether the axes of a reduction of x are all, or only this one.
bool reduces_all(const GraphState& graph, NodeId id, const Shape& x);
bool reduces_only(const GraphState& graph, NodeId id, const Shape& x, std::int64_t axis);

}  // namespace gradus
