#include "program.h"

#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

namespace gradus {

NodeFlags read_once(const Program& program) {
  NodeFlags readers(static_cast<std::size_t>(program.graph->node_count()));
  // Counts stop at two.
  const auto count = [&](NodeId read) {
    char& of_node = readers[index(read)];
    of_node = of_node == 0 ? 1 : 2;
  };
  for (NodeId operand : program.graph->all_operands()) count(operand);
  for (NodeId result : program.results) count(result);
  for (char& of_node : readers) of_node = of_node == 1 ? 1 : 0;
  return readers;
}

// From the last node to the first: the last that is there for a node's sake is the one that does
// its work.
std::shared_ptr<GraphState> named_copy(const Program& program, const GraphState& original) {
  const auto count = static_cast<std::size_t>(program.graph->node_count());
  auto graph = GraphState::copy_of_first(count, *program.graph);
  graph->copy_provenance(original, program.origins);
  std::unordered_map<NodeId, int> uses;
  for (auto i = static_cast<std::int32_t>(count); i-- > 0;) {
    const NodeId origin = program.origin(NodeId{i});
    const int use = ++uses[origin];
    const std::string name = original.name(origin);
    graph->names().set_name(NodeId{i}, use == 1 ? name : fmt::format("{}~{}", name, use));
  }
  return graph;
}

std::vector<NodeId> drop_unread(GraphState& graph, std::vector<NodeId>& results,
                                std::vector<NodeId>& origins) {
  const auto count = static_cast<std::size_t>(graph.node_count());
  NodeFlags is_read(count);
  for (NodeId result : results) is_read[index(result)] = true;
  std::size_t nodes = 0, operands = 0;
  for (std::size_t i = count; i-- > 0;) {
    if (!is_read[i]) continue;
    const auto read = graph.operands(NodeId{static_cast<std::int32_t>(i)});
    ++nodes;
    operands += read.size();
    for (NodeId operand : read) is_read[index(operand)] = true;
  }
  if (nodes == count && operands == graph.all_operands().size()) return {};
  std::vector<NodeId> now = graph.keep_only(is_read);
  for (std::size_t i = 0; i < count; ++i)
    if (is_read[i]) origins[index(now[i])] = origins[i];
  origins.resize(nodes);
  for (NodeId& result : results) result = now[index(result)];
  return now;
}

std::span<const NodeId> Rewriter::operands(NodeId old) {
  const auto operands = before_.operands(old);
  if (!is_copying_) return operands;
  operands_.clear();
  for (NodeId operand : operands) operands_.push_back(moved_[index(operand)]);
  return operands_;
}

const std::shared_ptr<GraphState>& Rewriter::writable() {
  if (!is_copying_) start_copying();
  may_have_unread_ = true;  // a rule may append a node and then have nothing to say
  return next_;
}

void Rewriter::start_copying() {
  is_copying_ = true;
  const auto count = static_cast<std::size_t>(before_.graph->node_count());
  next_ = GraphState::copy_of_first(static_cast<std::size_t>(done_), *before_.graph);
  moved_.reserve(count);
  origins_.reserve(count);
  for (NodeId id : NodeRange{done_}) moved_.push_back(id);
  const std::vector<NodeId>& origins = before_.origins.empty() ? moved_ : before_.origins;
  origins_.assign(origins.begin(), origins.begin() + done_);
}

// What was appended since the last call comes from this node.
void Rewriter::record_origins(NodeId old) {
  const NodeId origin = before_.origin(old);
  for (auto count = static_cast<std::size_t>(next_->node_count()); origins_.size() < count;)
    origins_.push_back(origin);
}

void Rewriter::copy(NodeId old, const Shape* shape) {
  moved_.push_back(next_->append_moved(*before_.graph, old, moved_, shape));
  record_origins(old);
}

void Rewriter::keep(NodeId old, const Shape& shape) {
  if (before_.shape(old) == shape) return keep(old);
  if (!is_copying_) start_copying();
  copy(old, &shape);
  ++done_;
}

void Rewriter::replace(NodeId old, NodeId by, std::string_view rule) {
  if (!is_copying_) start_copying();
  moved_.push_back(by);
  may_have_unread_ |= by != no_node;
  record_origins(old);
  if (!rule.empty()) rewritings_.push_back({old, rule});
  ++done_;
}

Program Rewriter::finish() && {
  if (!is_copying_) {
    before_.moved.clear();
    before_.rewritings.clear();
    return std::move(before_);
  }
  std::vector<NodeId> results;
  for (NodeId result : before_.results) results.push_back(moved_[index(result)]);
  if (may_have_unread_)
    if (const auto now = drop_unread(*next_, results, origins_); !now.empty())
      for (NodeId& id : moved_)
        if (id != no_node) id = now[index(id)];
  return {.graph = std::move(next_),
          .results = std::move(results),
          .origins = std::move(origins_),
          .moved = std::move(moved_),
          .rewritings = std::move(rewritings_)};
}

}  // namespace gradus
