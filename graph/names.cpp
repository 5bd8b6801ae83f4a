#include "names.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include <gradus/op/op.h>

#include "core/throw_at.h"
#include "graph_state.h"

namespace gradus {
namespace {

constexpr std::size_t longest = 1000;

std::string join(const std::string& scope, std::string_view name) {
  return scope.empty() ? std::string(name) : fmt::format("{}/{}", scope, name);
}

std::string numbered(std::string base, std::uint32_t number) {
  return number == 0 ? base : fmt::format("{}_{}", base, number);
}

// The number that makes this name of this base; nothing if none does.
std::optional<std::uint32_t> number_in(std::string_view name, std::string_view base) {
  if (!name.starts_with(base)) return {};
  std::uint32_t number = 0;
  if (const std::string_view tail = name.substr(base.size()); !tail.empty())
    std::from_chars(tail.data() + 1, tail.data() + tail.size(), number);
  if (numbered(std::string(base), number) == name) return number;
  return {};
}

// "encoder/matmul" of "encoder/matmul_1".
std::string without_number(const std::string& path) {
  const std::size_t end = path.find_last_not_of("0123456789");
  return end != path.npos && path[end] == '_' ? path.substr(0, end) : path;
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
  const std::string base = join(scopes_[current_], name);
  std::string path = base;
  if (const auto taken = scope_paths_.find(base); taken != scope_paths_.end())
    while (scope_paths_.contains(path)) path = numbered(base, taken->second++);
  scope_paths_.emplace(path, 1);
  scopes_.push_back(std::move(path));
  current_ = static_cast<std::uint32_t>(scopes_.size() - 1);
  return current_;
}

void Names::check_free(const std::string& name, std::string_view op, SourceLocation where,
                       const GraphState& graph) const {
  check(name, op, where);
  check_path(join(scopes_[current_], name), op, where, graph);
}

void Names::check_path(const std::string& path, std::string_view op, SourceLocation where,
                       const GraphState& graph) const {
  if (const NodeId holder = find(path, graph); holder != no_node)
    throw_at<GraphError>(where, "{}: the name \"{}\" is taken by the {} made at {}", op, path,
                         graph.node(holder).op->name, to_text(graph.where(holder)));
}

void Names::give(NodeId id, const std::string& name, std::string_view op, SourceLocation where,
                 const GraphState& graph) {
  check(name, op, where);
  std::string path = join(scopes_[graph.node(id).scope], name);
  if (const auto given = name_of_.find(id); given != name_of_.end())
    throw_at<GraphError>(where, "{}: the name \"{}\" comes too late: the node is named \"{}\"", op,
                         path, given->second);
  check_path(path, op, where, graph);
  given_bases_.insert(path);
  given_bases_.insert(without_number(path));
  given_.emplace(path, id);
  name_of_.emplace(id, std::move(path));
}

std::string Names::name(NodeId id, const GraphState& graph) const {
  if (const auto given = name_of_.find(id); given != name_of_.end()) return given->second;
  number_nodes(graph);
  const Node& node = graph.node(id);
  return numbered(series_.at({node.scope, node.op}).base, numbers_[index(id)]);
}

std::string Names::next_name(const Op& op, const GraphState& graph) const {
  number_nodes(graph);
  const auto series = series_.find({current_, &op});
  std::uint32_t number = series == series_.end() ? 0 : series->second.next;
  const std::string base = join(scopes_[current_], op.name);
  while (given_.contains(numbered(base, number))) ++number;
  return numbered(base, number);
}

NodeId Names::find(std::string_view name, const GraphState& graph) const {
  if (const auto given = given_.find(std::string(name)); given != given_.end())
    return given->second;
  number_nodes(graph);
  for (const auto& [key, series] : series_) {
    const std::optional<std::uint32_t> number = number_in(name, series.base);
    if (!number || *number >= series.next) continue;
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      const NodeId id{static_cast<std::int32_t>(i)};
      const Node& node = graph.node(id);
      if (numbers_[i] == *number && node.scope == key.scope && node.op == key.op &&
          !name_of_.contains(id))
        return id;
    }
  }
  return no_node;
}

// An automatic number, once given, stays: nodes are only appended, and give() numbers those that
// exist before it takes a name.
void Names::number_nodes(const GraphState& graph) const {
  for (std::size_t i = numbers_.size(); i < static_cast<std::size_t>(graph.node_count()); ++i) {
    const NodeId id{static_cast<std::int32_t>(i)};
    const Node& node = graph.node(id);
    Series& series = series_[{node.scope, node.op}];
    if (series.base.empty()) series.base = join(scopes_[node.scope], node.op->name);
    numbers_.push_back(next_number(series));
  }
}

std::uint32_t Names::next_number(Series& series) const {
  if (series.known_given != given_.size()) {
    series.known_given = given_.size();
    series.may_clash = given_bases_.contains(series.base);
  }
  while (series.may_clash && given_.contains(numbered(series.base, series.next))) ++series.next;
  return series.next++;
}

}  // namespace gradus
