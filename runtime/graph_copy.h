// GraphCopy: nodes of a graph once more, with float64 for all its floats: what is measured there
// is exact enough to judge gradients of float32, too.
//
//   GraphCopy copy(g.state(), float64);
//   for (NodeId id : ancestors({y}))
//     is_source(id) ? copy.add_constant(id, value_of(id)) : copy.add(id, g.state().shape(id));
//   copy[y.id()];                                       // y, in copy.graph()
#pragma once

#include <optional>
#include <unordered_map>

#include <gradus/graph.h>
#include <gradus/op/rule.h>

#include "graph/graph_state.h"

namespace gradus {

class GraphCopy {
 public:
  // `real`: what the floats are there; nothing: what they were.
  GraphCopy(const GraphState& from, std::optional<DType> real) : from_(from), real_(real) {}

  const Graph& graph() const { return graph_; }
  // What stands for a node.
  Tensor& operator[](NodeId id) { return same_[id]; }
  Array converted(const Array& value) const { return value.cast(converted(value.dtype())); }

  void add_constant(NodeId id, const Array& value);
  void add_variable(NodeId id, const Array& value);
  // The same op on what stands for its operands. RuleFailure if it does not know the type.
  void add(NodeId id, const Shape& shape);

 private:
  DType converted(DType dtype) const { return real_ && is_float(dtype) ? *real_ : dtype; }
  Attribute converted(const Attribute& attribute) const;

  const GraphState& from_;
  std::optional<DType> real_;
  Graph graph_;
  std::unordered_map<NodeId, Tensor> same_;
};

// What `make` makes of float64, or, where an op of the graph does not know that, of the graph's own
// types.
template <class Make>
auto in_float64(const Make& make) {
  try {
    return make(std::optional(float64));
  } catch (const RuleFailure&) {
    return make(std::optional<DType>());
  }
}

}  // namespace gradus
