// Graph: the append-only DAG of a user's computation.
//
//   Graph g;
//   Tensor x = g.placeholder("x", {any_size, 784});
//   Variable W = g.variable("W", glorot_uniform({256, 784}));
//   Tensor h = elu(matmul(x, W, {.transpose_b = true}));
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gradus/array.h>
#include <gradus/initializer.h>
#include <gradus/tensor.h>

namespace gradus {

class NameScope;

// A handle: copies are the same graph, and a const one can be added to. It lives as long as a
// Graph, Tensor or Session of it does. Threads may read it together, and a run reads it; who adds
// to it must be alone, no run going on.
class Graph {
 public:
  Graph();
  // The graph behind a tensor: Graph(t.shared_state()). GraphError if the tensor is empty.
  explicit Graph(std::shared_ptr<GraphState> state);
  // A move is a copy: every Graph stands for a graph.
  Graph(const Graph&) = default;
  Graph& operator=(const Graph&) = default;

  // A value that each run is fed with; `any_size` dimensions take every size.
  Tensor placeholder(const std::string& name, const Shape& shape, DType dtype = float32,
                     SourceLocation where = SourceLocation::current()) const;
  Variable variable(const std::string& name, const Initializer& initializer, bool trainable = true,
                    SourceLocation where = SourceLocation::current()) const;
  Variable variable(const std::string& name, const Array& value, bool trainable = true,
                    SourceLocation where = SourceLocation::current()) const;
  // Constrained, so that braces mean Values and never an Array's arguments.
  template <std::same_as<Array> A>
  Tensor constant(const A& value, SourceLocation where = SourceLocation::current()) const {
    return add_constant(value, where);
  }
  Tensor constant(const Values& values, DType dtype = float32,
                  SourceLocation where = SourceLocation::current()) const;

  // Nodes made while the result lives are named "<name>/...". A name that is taken gets a number.
  [[nodiscard]] NameScope scope(const std::string& name,
                                SourceLocation where = SourceLocation::current()) const;

  std::int64_t node_count() const;
  // In order of creation.
  std::vector<Variable> variables() const;
  // Those whose full name, or the part after the last '/', matches: '*' is any text, '?' one
  // letter.
  std::vector<Variable> trainable_variables(std::string_view pattern = "*") const;
  // The node of a name; GraphError if there is none.
  Tensor find(std::string_view name, SourceLocation where = SourceLocation::current()) const;

  GraphState& state() const { return *state_; }
  const std::shared_ptr<GraphState>& shared_state() const { return state_; }

 private:
  Tensor add_constant(const Array& value, SourceLocation where) const;

  std::shared_ptr<GraphState> state_;
};

// While it lives, new nodes carry its name. Scopes nest and end in the reverse order.
class NameScope {
 public:
  NameScope(std::shared_ptr<GraphState> state, const std::string& name, SourceLocation where);
  // Enters a scope again, by the number() that it had; GraphError if no scope has it.
  NameScope(std::shared_ptr<GraphState> state, std::uint32_t number,
            SourceLocation where = SourceLocation::current());
  NameScope(const NameScope&) = delete;
  NameScope& operator=(const NameScope&) = delete;
  ~NameScope();

  std::string name() const;  // "model/encoder_1"
  std::uint32_t number() const { return scope_; }

 private:
  std::shared_ptr<GraphState> state_;
  std::uint32_t scope_, outer_;
};

// Whether a text matches a pattern of '*' and '?'.
bool matches(std::string_view text, std::string_view pattern);

// Names a node: t = named(x @ W, "h1"). GraphError if the name is taken or no name.
Tensor named(Tensor tensor, const std::string& name,
             SourceLocation where = SourceLocation::current());

}  // namespace gradus
