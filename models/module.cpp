#include <gradus/module.h>

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "graph/graph_state.h"

namespace gradus {
namespace {

// "encoder_1" for a node "ae/encoder_1/matmul" of the module "ae"; the node's own name if it stands
// in the module's scope itself.
std::string part_of_module(std::string_view node, std::string_view module) {
  const std::string_view inside = node.substr(module.size() + 1);
  return std::string(inside.substr(0, inside.rfind('/')));
}

using Uses = std::unordered_map<NodeId, std::vector<std::string>>;

// Where the module's own calls read each of its variables, in order.
Uses uses_of(const std::vector<Variable>& variables, const GraphState& graph,
             const std::string& module) {
  Uses uses;
  for (const Variable& v : variables) uses[v.id()];
  std::set<std::pair<NodeId, std::string>> known;
  for (std::int32_t i = 0; i < graph.node_count(); ++i) {
    const NodeId id{i};
    if (graph.node(id).role != Role::forward) continue;
    for (NodeId operand : graph.operands(id)) {
      const auto of_variable = uses.find(operand);
      if (of_variable == uses.end()) continue;
      const std::string name = graph.name(id);
      if (!name.starts_with(module + "/")) break;
      const std::string use = part_of_module(name, module);
      if (known.emplace(operand, use).second) of_variable->second.push_back(use);
    }
  }
  return uses;
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

Module::Module(const Graph& graph, const std::string& name, SourceLocation where) : graph_(graph) {
  const NameScope scope(graph_.shared_state(), name, where);
  scope_ = scope.number();
  name_ = scope.name();
}

std::vector<Variable> Module::trainable_variables(std::string_view pattern) const {
  std::vector<Variable> chosen;
  for (const Variable& v : variables_)
    if (v.is_trainable() && matches(v.name().substr(name_.size() + 1), pattern))
      chosen.push_back(v);
  return chosen;
}

std::int64_t Module::parameter_count() const {
  std::int64_t count = 0;
  for (const Variable& v : variables_)
    if (__builtin_add_overflow(count, v.shape().element_count(), &count))
      throw ShapeError(fmt::format("module: \"{}\" has 2^63 parameters or more", name_));
  return count;
}

Variable Module::variable(const std::string& name, const Initializer& initializer,
                          SourceLocation where) {
  const NameScope scope = enter();
  variables_.push_back(graph_.variable(name, initializer, true, where));
  return variables_.back();
}

NameScope Module::enter() const { return NameScope(graph_.shared_state(), scope_); }

std::string Module::summary() const {
  using Row = std::array<std::string, 4>;
  std::vector<Row> rows{{"variable", "shape", "parameters", "used in"}};
  const Uses all_uses = uses_of(variables_, graph_.state(), name_);
  for (const Variable& v : variables_) {
    const std::vector<std::string>& uses = all_uses.at(v.id());
    rows.push_back({v.name().substr(name_.size() + 1), to_text(v.shape()),
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
  std::string text = name_ + "\n" + rule + "\n";
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
