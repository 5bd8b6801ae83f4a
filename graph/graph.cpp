#include <gradus/graph.h>

#include <gradus/op/op.h>

#include "core/check_number.h"
#include "core/throw_at.h"
#include "graph_state.h"

namespace gradus {
namespace {

// A declared shape comes from an attribute, and names from the user: no operand is involved.
constexpr Op declared(std::string_view name, std::string_view doc) {
  return {.name = name,
          .doc = doc,
          .attributes = {&attributes::shape, &attributes::dtype},
          .shape = [](const Call& f, std::span<const Shape>) { return f[attributes::shape]; },
          .dtype = [](const Call& f, std::span<const DType>) { return f[attributes::dtype]; },
          .kernel = IsSource{}};
}

NodeId add_source(GraphState& state, const Op& op, const std::string& name, const Shape& shape,
                  DType dtype, SourceLocation where) {
  state.names().check_free(name, op.name, where, state);
  check_dtype(op.name, dtype, where);
  const Attribute declared[] = {attributes::shape = shape, attributes::dtype = dtype};
  const NodeId id = state.append(op, {}, declared, shape, dtype, where);
  state.give_name(id, name, op.name, where);
  return id;
}

Names& names_of(const std::shared_ptr<GraphState>& state, SourceLocation where) {
  if (!state) throw_at<GraphError>(where, "scope: an empty Tensor is of no graph");
  return state->names();
}

}  // namespace

extern constexpr Op placeholder_op = declared("placeholder", "A value that every run is fed with.");
extern constexpr Op variable_op = declared(
    "variable",
    "A value that a session keeps from run to run; a run reads it as it was before the run.");
extern constexpr Op constant_op{
    .name = "constant",
    .doc = "A value that is a part of the graph.",
    .attributes = {&attributes::value},
    .shape = [](const Call& f, std::span<const Shape>) { return f[attributes::value].shape(); },
    .dtype = [](const Call& f, std::span<const DType>) { return f[attributes::value].dtype(); },
    .kernel = IsSource{},
};
static_assert(placeholder_op.is_well_formed() && variable_op.is_well_formed() &&
              constant_op.is_well_formed());

Graph::Graph() : state_(std::make_shared<GraphState>()) {}
Graph::Graph(std::shared_ptr<GraphState> state) : state_(std::move(state)) {
  if (!state_) throw GraphError("graph: an empty Tensor is of no graph");
}

Tensor Graph::placeholder(const std::string& name, const Shape& shape, DType dtype,
                          SourceLocation where) const {
  return Tensor(state_, add_source(*state_, placeholder_op, name, shape, dtype, where));
}

Variable Graph::variable(const std::string& name, const Initializer& initializer, bool trainable,
                         SourceLocation where) const {
  const auto refuse = [&](std::string_view text) {
    throw_at<GraphError>(where, "variable: {}: \"{}\" {}", text, name, to_text(initializer.shape));
  };
  if (!initializer.shape.is_known()) refuse("a dimension is unknown");
  if (!initializer.make) refuse("the initializer is empty");
  const NodeId id =
      add_source(*state_, variable_op, name, initializer.shape, initializer.dtype, where);
  state_->add_variable({id, initializer, trainable && is_float(initializer.dtype)});
  return Variable(Tensor(state_, id));
}

Variable Graph::variable(const std::string& name, const Array& value, bool trainable,
                         SourceLocation where) const {
  return variable(name, initial_value(value), trainable, where);
}

Tensor Graph::add_constant(const Array& value, SourceLocation where) const {
  const Attribute attribute = attributes::value = value;
  return Tensor(state_, state_->append(constant_op, {}, {&attribute, 1}, value.shape(),
                                       value.dtype(), where));
}

Tensor Graph::constant(const Values& values, DType dtype, SourceLocation where) const {
  return add_constant(Array(values, dtype, where), where);
}

NameScope Graph::scope(const std::string& name, SourceLocation where) const {
  return NameScope(state_, name, where);
}

std::int64_t Graph::node_count() const { return state_->node_count(); }

std::vector<Variable> Graph::variables() const {
  std::vector<Variable> all;
  for (const VariableRecord& v : state_->variables()) all.emplace_back(Tensor(state_, v.node));
  return all;
}

std::vector<Variable> Graph::trainable_variables(std::string_view pattern) const {
  std::vector<Variable> chosen;
  for (const Variable& v : variables()) {
    const std::string name = v.name();
    const std::string_view last = std::string_view(name).substr(name.rfind('/') + 1);
    if (v.is_trainable() && (matches(name, pattern) || matches(last, pattern))) chosen.push_back(v);
  }
  return chosen;
}

Tensor Graph::find(std::string_view name, SourceLocation where) const {
  const NodeId id = state_->names().find(name, *state_);
  if (id == no_node) throw_at<GraphError>(where, "find: no node is named \"{}\"", name);
  return Tensor(state_, id);
}

NameScope::NameScope(std::shared_ptr<GraphState> state, const std::string& name,
                     SourceLocation where)
    : state_(std::move(state)), outer_(names_of(state_, where).current_scope()) {
  scope_ = state_->names().open_scope(name, where);
}
NameScope::NameScope(std::shared_ptr<GraphState> state, std::uint32_t number, SourceLocation where)
    : state_(std::move(state)), scope_(number), outer_(names_of(state_, where).current_scope()) {
  Names& names = state_->names();
  if (number >= names.paths().size())
    throw_at<GraphError>(where, "scope: the graph has no scope of number {}", number);
  names.set_current_scope(number);
}
NameScope::~NameScope() { state_->names().set_current_scope(outer_); }
std::string NameScope::name() const { return state_->names().scope_path(scope_); }

bool matches(std::string_view text, std::string_view pattern) {
  // On a mismatch the last '*' takes one letter more.
  std::size_t t = 0, p = 0, star = pattern.npos, star_t = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_t = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != pattern.npos) {
      p = star + 1;
      t = ++star_t;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == pattern.npos;
}

Tensor named(Tensor tensor, const std::string& name, SourceLocation where) {
  tensor.state().give_name(tensor.id(), name, "named", where);
  return tensor;
}

}  // namespace gradus
