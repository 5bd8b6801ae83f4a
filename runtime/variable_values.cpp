#include "variable_values.h"

#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "compiler/program/refusals.h"
#include "core/throw_at.h"
#include "graph/graph_state.h"

namespace gradus {

Array copy_of(const Array& x) {
  Array copy = Array::uninitialized(x.shape(), x.dtype());
  std::memcpy(copy.mutable_data(), x.data(), x.byte_count());
  return copy;
}

Array VariableValues::value(const Variable& variable, SourceLocation where) {
  const Array& current = this->current(variable, where);
  return with_memory_for([&] { return text(variable.id()); }, where,
                         [&] { return copy_of(current); });
}

const Array& VariableValues::current(const Variable& variable, SourceLocation where) {
  return initialized(checked(variable, "value", where));
}

void VariableValues::set(const Variable& variable, const Array& value, SourceLocation where) {
  assign(checked(variable, value, where), value.data());
}

// In each of the next two, nothing can fail in the second loop.
void VariableValues::set(std::span<const VariableValue> values, SourceLocation where) {
  for (const auto& [variable, value] : values) slot(checked(variable, value, where));
  for (const auto& [variable, value] : values) assign(variable.id(), value.data());
}

void VariableValues::set(std::vector<VariableValue>&& values, SourceLocation where) {
  for (const auto& [variable, value] : values) {
    Slot& s = slots_[checked(variable, value, where)];
    if (s.data == nullptr && !value.is_unique()) slot(variable.id());
  }
  for (auto& [variable, value] : values) {
    Slot& s = slots_[variable.id()];
    if (s.data != nullptr) {
      assign(variable.id(), value.data());
    } else {
      s.array = std::move(value);
      s.data = static_cast<std::byte*>(s.array.mutable_data());
      s.is_set = true;
    }
  }
}

std::byte* VariableValues::place(NodeId variable) { return slot(variable).data; }

const Array& VariableValues::initialized(NodeId variable) {
  Slot& s = slot(variable);
  if (s.is_set) return s.array;
  const GraphState& graph = graph_.state();
  const Initializer& initializer = graph.variable(variable)->initializer;
  Random random(seed_, graph.name(variable));
  const Array first = with_memory_for([&] { return text(variable); }, graph.where(variable),
                                      [&] { return initializer.make(random); });
  if (first.shape() != initializer.shape || first.dtype() != initializer.dtype)
    throw_at<GraphError>(
        graph.where(variable), "variable \"{}\": initializer {} promised {} {} and made {} {}",
        graph.name(variable), initializer.name, to_text(initializer.dtype),
        to_text(initializer.shape), to_text(first.dtype()), to_text(first.shape()));
  assign(variable, first.data());
  return s.array;
}

void VariableValues::assign(NodeId variable, const void* value) {
  Slot& s = slot(variable);
  std::memcpy(s.data, value, s.array.byte_count());
  s.is_set = true;
}

NodeId VariableValues::checked(const Variable& variable, std::string_view function,
                               SourceLocation where) const {
  if (!variable) throw_at<GraphError>(where, "{}: the Variable is empty", function);
  if (variable.shared_state() != graph_.shared_state())
    throw_at<GraphError>(where, "{}: variable \"{}\" is of another graph", function,
                         variable.name());
  if (graph_.state().variable(variable.id()) == nullptr)
    throw_at<GraphError>(where, "{}: \"{}\" is a {}, not a variable", function, variable.name(),
                         variable.op_name());
  return variable.id();
}

NodeId VariableValues::checked(const Variable& variable, const Array& value,
                               SourceLocation where) const {
  const NodeId id = checked(variable, "set", where);
  if (value.shape() != variable.shape() || value.dtype() != variable.dtype()) {
    const std::string text =
        at_line(fmt::format("set: variable \"{}\" has {} {}, the value {} {}", variable.name(),
                            to_text(variable.dtype()), to_text(variable.shape()),
                            to_text(value.dtype()), to_text(value.shape())),
                where);
    if (value.dtype() != variable.dtype()) throw DTypeError(text);
    throw ShapeError(text);
  }
  return id;
}

std::string VariableValues::text(NodeId variable) const {
  const GraphState& graph = graph_.state();
  return "variable " +
         amount_text(graph.name(variable), graph.kind(variable).dtype, graph.shape(variable));
}

VariableValues::Slot& VariableValues::slot(NodeId variable) {
  Slot& s = slots_[variable];
  if (s.data == nullptr) {
    const Initializer& initializer = graph_.state().variable(variable)->initializer;
    s.array =
        with_memory_for([&] { return text(variable); }, graph_.state().where(variable),
                        [&] { return Array::uninitialized(initializer.shape, initializer.dtype); });
    s.data = static_cast<std::byte*>(s.array.mutable_data());
  }
  return s;
}

}  // namespace gradus
