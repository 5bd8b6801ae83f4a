// VariableValues: what the variables of a graph hold in one session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <gradus/array.h>
#include <gradus/graph.h>
#include <gradus/session.h>
#include <gradus/tensor.h>

namespace gradus {

// With memory of its own, so that what is written to x later does not change it.
Array copy_of(const Array& x);

class VariableValues {
 public:
  VariableValues(const Graph& graph, std::uint64_t seed) : graph_(graph), seed_(seed) {}

  // Those of Session.
  Array value(const Variable& variable, SourceLocation where);
  void set(const Variable& variable, const Array& value, SourceLocation where);
  void set(std::span<const VariableValue> values, SourceLocation where);
  void set(std::vector<VariableValue>&& values, SourceLocation where);
  // The value itself, which the next run may change.
  const Array& current(const Variable& variable, SourceLocation where);
  // Of initializers that have not run.
  void set_seed(std::uint64_t seed) { seed_ = seed; }

  // Where the value lies, or will lie: it stays there as long as the session lives.
  std::byte* place(NodeId variable);
  // The value, made by the initializer if there is none yet. GraphError where an initializer breaks
  // its promise, MemoryError.
  const Array& initialized(NodeId variable);
  void assign(NodeId variable, const void* value);

 private:
  struct Slot {
    Array array;
    std::byte* data = nullptr;
    bool is_set = false;
  };

  // GraphError "set: the Variable is empty".
  NodeId checked(const Variable& variable, std::string_view function, SourceLocation where) const;
  // The errors of set(), beside those of the room for a value.
  NodeId checked(const Variable& variable, const Array& value, SourceLocation where) const;
  std::string text(NodeId variable) const;
  Slot& slot(NodeId variable);

  Graph graph_;
  std::uint64_t seed_;
  std::unordered_map<NodeId, Slot> slots_;
};

}  // namespace gradus
