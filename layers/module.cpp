#include <gradus/module.h>

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/op/op.h>

#include "graph/graph_state.h"

namespace gradus {
namespace {

// The scopes that variables lie in, and those above.
std::unordered_set<std::uint32_t> scopes_of(const std::vector<Variable>& variables,
                                            const GraphState& graph) {
  std::unordered_set<std::uint32_t> scopes{Names::root};
  for (const Variable& v : variables)
    for (std::uint32_t s = graph.node(v.id()).scope; scopes.insert(s).second;)
      s = graph.names().paths().above(s);
  return scopes;
}

// "encoder_1" of the scope "encoder_1_1" that a second call opened as "encoder_1".
std::string asked_for(const Names& names, std::uint32_t scope) {
  const PathTree& paths = names.paths();
  const std::string& part = paths.last_part(scope);
  const std::size_t end = part.find_last_not_of("0123456789");
  if (end == std::string::npos || part[end] != '_' || end + 1 == part.size()) return part;
  const std::uint32_t base = paths.find(paths.above(scope), part.substr(0, end));
  return base != PathTree::none && names.times_opened(base) > 1 ? part.substr(0, end) : part;
}

// The scopes from below `outer` down to the node's, "encoder_1/attention"; the node's op where it
// stands in `outer` itself; empty where it stands elsewhere.
std::string place_in(std::uint32_t outer, const Node& node, const Names& names,
                     const std::unordered_set<std::uint32_t>& of_variables) {
  if (node.scope == outer) return std::string(node.op->name);
  std::string place;
  for (std::uint32_t scope = node.scope; scope != outer; scope = names.paths().above(scope)) {
    if (scope < outer) return "";  // what stands above has a smaller number
    if (!place.empty()) place.insert(0, "/");
    place.insert(
        0, of_variables.contains(scope) ? names.paths().last_part(scope) : asked_for(names, scope));
  }
  return place;
}

using Uses = std::unordered_map<NodeId, std::vector<std::string>>;

// Where in `outer` each of the variables is read, in order, and each place once. Who reads a
// repeated bias reads the bias.
Uses uses_in(std::uint32_t outer, const std::vector<Variable>& variables, const GraphState& graph) {
  Uses uses;
  std::unordered_map<NodeId, NodeId> variable_of;  // of the variables and what repeats them
  for (const Variable& v : variables) {
    uses[v.id()];
    variable_of[v.id()] = v.id();
  }
  const auto of_variables = scopes_of(variables, graph);
  for (std::int32_t i = 0; i < graph.node_count(); ++i) {
    const NodeId id{i};
    const Node node = graph.node(id);
    if (node.role != Role::forward) continue;
    for (NodeId operand : graph.operands(id)) {
      const auto read = variable_of.find(operand);
      if (read == variable_of.end()) continue;
      if (node.op->name == "broadcast_like") {  // of its operands the second gives a shape alone
        if (operand == graph.operands(id)[0]) variable_of[id] = read->second;
        break;
      }
      const std::string place = place_in(outer, node, graph.names(), of_variables);
      std::vector<std::string>& places = uses[read->second];
      if (!place.empty() && std::ranges::find(places, place) == places.end())
        places.push_back(place);
    }
  }
  return uses;
}

// A class of one's own need not enter its scope: its variables are then read from outside.
Uses uses_of(std::uint32_t scope, const std::vector<Variable>& variables, const GraphState& graph) {
  Uses inside = uses_in(scope, variables, graph);
  const bool enters = std::ranges::any_of(inside, [](const auto& u) { return !u.second.empty(); });
  return enters ? inside : uses_in(Names::root, variables, graph);
}

std::string with_commas(std::int64_t n) {
  const std::string digits = std::to_string(n);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

}  // namespace

struct Module::State {
  Graph graph;
  std::shared_ptr<State> parent;  // null: none
  std::uint32_t scope;
  std::string name;
  std::vector<Variable> variables;
};

Module::Module(const Parent& parent, const std::string& name, SourceLocation where) {
  std::optional<NameScope> outer;
  if (parent.module_) outer.emplace(parent.graph_.shared_state(), parent.module_->scope);
  const NameScope scope(parent.graph_.shared_state(), name, where);
  state_ = std::make_shared<State>(
      State{parent.graph_, parent.module_, scope.number(), scope.name(), {}});
}

const Graph& Module::graph() const { return state_->graph; }
const std::string& Module::name() const { return state_->name; }
const std::vector<Variable>& Module::variables() const { return state_->variables; }

std::vector<Variable> Module::trainable_variables(std::string_view pattern) const {
  std::vector<Variable> chosen;
  for (const Variable& v : variables())
    if (v.is_trainable() &&
        (matches(v.name().substr(name().size() + 1), pattern) || matches(v.local_name(), pattern)))
      chosen.push_back(v);
  return chosen;
}

std::int64_t Module::parameter_count() const {
  std::int64_t count = 0;
  for (const Variable& v : variables())
    if (__builtin_add_overflow(count, v.shape().element_count(), &count))
      throw ShapeError(fmt::format("module: \"{}\" has 2^63 parameters or more", name()));
  return count;
}

void Module::set_trainable(bool trainable) {
  for (const Variable& v : variables())
    if (is_float(v.dtype())) v.set_trainable(trainable);
}

Variable Module::variable(const std::string& name, const Initializer& initializer, bool trainable,
                          SourceLocation where) {
  const NameScope scope = enter();
  Variable made = state_->graph.variable(name, initializer, trainable, where);
  for (State* s = state_.get(); s != nullptr; s = s->parent.get()) s->variables.push_back(made);
  return made;
}

Variable Module::variable(const std::string& name, const Initializer& initializer,
                          SourceLocation where) {
  return variable(name, initializer, true, where);
}

NameScope Module::enter() const { return NameScope(graph().shared_state(), state_->scope); }

std::string Module::summary() const {
  using Row = std::array<std::string, 4>;
  std::vector<Row> rows{{"variable", "shape", "parameters", "used in"}};
  const Uses all_uses = uses_of(state_->scope, variables(), graph().state());
  for (const Variable& v : variables()) {
    const std::vector<std::string>& uses = all_uses.at(v.id());
    rows.push_back({v.name().substr(name().size() + 1), to_text(v.shape()),
                    with_commas(v.shape().element_count()),
                    uses.empty() ? "-"
                                 : fmt::format("{}{}", fmt::join(uses, ", "),
                                               uses.size() > 1 ? " (tied)" : "")});
  }
  rows.push_back({"total", "", with_commas(parameter_count()), ""});

  std::array<std::size_t, 4> width{};
  for (const Row& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) width[i] = std::max(width[i], row[i].size());
  const std::string rule(width[0] + width[1] + width[2] + width[3] + 6, '-');
  std::string text = name() + "\n" + rule + "\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    if (i + 1 == rows.size()) text += rule + "\n";
    std::string line = fmt::format("{:<{}}  {:<{}}  {:>{}}  {}", row[0], width[0], row[1], width[1],
                                   row[2], width[2], row[3]);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    if (i == 0) text += rule + "\n";
  }
  return text;
}

}  // namespace gradus
