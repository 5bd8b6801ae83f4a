#include "names.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include <gradus/op/op.h>

#include "core/throw_at.h"
#include "graph/graph_state.h"

namespace gradus {
namespace {

constexpr std::size_t longest = 1000;

std::string join(const std::string& scope, std::string_view name) {
  return scope.empty() ? std::string(name) : fmt::format("{}/{}", scope, name);
}

std::string numbered(std::string_view base, std::uint32_t number) {
  return number == 0 ? std::string(base) : fmt::format("{}_{}", base, number);
}

// "matmul_12" as what the 12th after the first "matmul" is called.
struct Numbered {
  std::string_view base;
  std::uint32_t number;
};
std::optional<Numbered> split_number(std::string_view name) {
  const std::size_t end = name.find_last_not_of("0123456789");
  if (end == name.npos || name[end] != '_') return {};
  const std::string_view digits = name.substr(end + 1);
  std::uint32_t number = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || digits[0] == '0') return {};
  return Numbered{name.substr(0, end), number};
}

void check(std::string_view name, std::string_view op, SourceLocation where) {
  if (name.empty()) throw_at<GraphError>(where, "{}: the name is empty", op);
  if (name.size() > longest)
    throw_at<GraphError>(where, "{}: the name has {} bytes, at most {} are possible", op,
                         name.size(), longest);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; };
  if (const auto bad = std::ranges::find_if(name, is_control); bad != name.end())
    throw_at<GraphError>(where, "{}: the name has the control character {} at position {}", op,
                         static_cast<int>(*bad), bad - name.begin());
}

}  // namespace

std::uint32_t Names::open_scope(const std::string& name, SourceLocation where) {
  check(name, "scope", where);
  std::uint32_t path = paths_.add(current_, name);
  if (const auto taken = opened_.find(path); taken != opened_.end())
    while (opened_.contains(path)) path = paths_.add(current_, numbered(name, taken->second++));
  opened_.emplace(path, 1);
  return current_ = path;
}

void Names::check_free(const std::string& name, std::string_view op, SourceLocation where,
                       const GraphState& graph) const {
  check(name, op, where);
  check_path(current_, name, op, where, graph);
}

void Names::check_path(std::uint32_t scope, const std::string& name, std::string_view op,
                       SourceLocation where, const GraphState& graph) const {
  if (const NodeId holder = find(scope, name, graph); holder != no_node)
    throw_at<GraphError>(where, "{}: the name \"{}\" is taken by the {} made at {}", op,
                         join(paths_.text(scope), name), graph.node(holder).op->name,
                         to_text(graph.where(holder)));
}

void Names::give(NodeId id, const std::string& name, std::string_view op, SourceLocation where,
                 const GraphState& graph) {
  check(name, op, where);
  const std::uint32_t scope = graph.node(id).scope;
  if (const auto given = name_of_.find(id); given != name_of_.end())
    throw_at<GraphError>(where, "{}: the name \"{}\" comes too late: the node is named \"{}\"", op,
                         join(paths_.text(scope), name), paths_.text(given->second));
  check_path(scope, name, op, where, graph);
  if (const auto split = split_number(name)) given_bases_.insert(paths_.add(scope, split->base));
  const std::uint32_t path = paths_.add(scope, name);
  given_.emplace(path, id);
  name_of_.emplace(id, path);
}

std::string Names::name(NodeId id, const GraphState& graph) const {
  if (const auto given = name_of_.find(id); given != name_of_.end())
    return paths_.text(given->second);
  number_nodes(graph);
  const Node& node = graph.node(id);
  return join(paths_.text(node.scope), numbered(node.op->name, numbers_[index(id)]));
}

std::string Names::next_name(const Op& op, const GraphState& graph) const {
  number_nodes(graph);
  const std::uint32_t base = paths_.add(current_, op.name);
  return join(paths_.text(current_),
              numbered(op.name, free_number(base, next_number(series_[base]))));
}

std::string Names::given_name(NodeId id, const GraphState& graph) const {
  return paths_.text(name_of_.at(id), graph.node(id).scope);
}

std::uint32_t Names::number(NodeId id, const GraphState& graph) const {
  number_nodes(graph);
  return numbers_[index(id)];
}

std::uint32_t Names::times_opened(std::uint32_t scope) const {
  const auto opened = opened_.find(scope);
  return opened == opened_.end() ? 0 : opened->second;
}

std::uint32_t Names::restore_scope(std::uint32_t above, const std::string& name,
                                   std::uint32_t times_opened) {
  if (!name.empty()) check(name, "scope", {});  // "a//b" is "b" in "" in "a"
  const std::uint32_t scope = paths_.add(above, name);
  if (times_opened != 0) opened_.emplace(scope, times_opened);
  return scope;
}

void Names::restore(NodeId id, std::uint32_t number, const std::string& given,
                    const GraphState& graph) {
  const Node& node = graph.node(id);
  const std::uint32_t base = paths_.add(node.scope, node.op->name);
  std::vector<NodeId>& series = series_[base];
  if (number < next_number(series))
    throw GraphError(fmt::format("number {} of \"{}\" comes after number {}", number, node.op->name,
                                 next_number(series) - 1));
  series.push_back(id);
  numbers_.push_back(number);
  if (!given.empty())
    give(id, given, node.op->name, {}, graph);
  else if (is_taken(base, number))
    throw GraphError(fmt::format("the name \"{}\" is taken", name(id, graph)));
}

NodeId Names::find(std::string_view name, const GraphState& graph) const {
  return find(root, name, graph);
}

NodeId Names::find(std::uint32_t scope, std::string_view name, const GraphState& graph) const {
  if (const auto given = given_.find(paths_.find(scope, name)); given != given_.end())
    return given->second;
  number_nodes(graph);
  const auto automatic = [&](std::string_view base, std::uint32_t number) {
    const auto series = series_.find(paths_.find(scope, base));
    if (series == series_.end()) return no_node;
    const auto number_of = [this](NodeId id) { return numbers_[index(id)]; };
    const auto id = std::ranges::lower_bound(series->second, number, {}, number_of);
    const bool is_there = id != series->second.end() && number_of(*id) == number;
    return is_there && !name_of_.contains(*id) ? *id : no_node;
  };
  const NodeId first = automatic(name, 0);
  const auto split = split_number(name);
  return first == no_node && split ? automatic(split->base, split->number) : first;
}

// An automatic number, once given, stays: nodes are only appended, and give() numbers those that
// exist before it takes a name.
void Names::number_nodes(const GraphState& graph) const {
  for (std::size_t i = numbers_.size(); i < static_cast<std::size_t>(graph.node_count()); ++i) {
    const NodeId id{static_cast<std::int32_t>(i)};
    const Node& node = graph.node(id);
    const std::uint32_t base = paths_.add(node.scope, node.op->name);
    std::vector<NodeId>& series = series_[base];
    numbers_.push_back(free_number(base, next_number(series)));
    series.push_back(id);
  }
}

std::uint32_t Names::next_number(const std::vector<NodeId>& series) const {
  return series.empty() ? 0 : numbers_[index(series.back())] + 1;
}

// From `number` on the first that makes no given name of the base.
std::uint32_t Names::free_number(std::uint32_t base, std::uint32_t number) const {
  while (is_taken(base, number)) ++number;
  return number;
}

// Whether base_number is a given name.
bool Names::is_taken(std::uint32_t base, std::uint32_t number) const {
  if (number == 0) return given_.contains(base);
  return given_bases_.contains(base) &&
         given_.contains(paths_.find(paths_.above(base), numbered(paths_.last_part(base), number)));
}

}  // namespace gradus
