#include "program.h"

#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

namespace gradus {

std::vector<std::int32_t> reader_counts(const Program& program) {
  std::vector<std::int32_t> counts(static_cast<std::size_t>(program.graph->node_count()));
  for (NodeId operand : program.graph->all_operands()) ++counts[index(operand)];
  for (NodeId result : program.results) ++counts[index(result)];
  return counts;
}

// From the last node to the first: the last that is there for a node's sake is the one that does
// its work.
std::shared_ptr<GraphState> named_copy(const Program& program, const GraphState& original) {
  auto graph = GraphState::with_tables_of(*program.graph);
  for (NodeId id : program.nodes()) graph->append_copy(program.node(id), program.operands(id));
  std::unordered_map<NodeId, int> uses;
  for (auto i = static_cast<std::int32_t>(graph->node_count()); i-- > 0;) {
    const NodeId origin = program.origin(NodeId{i});
    const int use = ++uses[origin];
    const std::string name = original.name(origin);
    graph->names().call(NodeId{i}, use == 1 ? name : fmt::format("{}~{}", name, use));
  }
  return graph;
}

Rewriter::Rewriter(const Program& before) : before_(before) {}

std::span<const NodeId> Rewriter::operands(NodeId old) {
  const auto operands = before_.operands(old);
  if (!is_copying_) return operands;
  operands_.clear();
  for (NodeId operand : operands) operands_.push_back(moved_[index(operand)]);
  return operands_;
}

const std::shared_ptr<GraphState>& Rewriter::writable() {
  if (!is_copying_) start_copying();
  const Node& node = before_.node(NodeId{done_});
  next_->context = {.where = node.where, .role = node.role, .origin = node.origin};
  return next_;
}

void Rewriter::start_copying() {
  is_copying_ = true;
  next_ = GraphState::with_tables_of(*before_.graph);
  moved_.reserve(static_cast<std::size_t>(before_.graph->node_count()));
  for (std::int32_t i = 0; i < done_; ++i) {
    moved_.push_back(next_->append_copy(before_.node(NodeId{i}), before_.operands(NodeId{i})));
    tell_origins(NodeId{i});
  }
}

// What was appended since the last call is there for the sake of this node.
void Rewriter::tell_origins(NodeId old) {
  origins_.resize(static_cast<std::size_t>(next_->node_count()), before_.origin(old));
}

void Rewriter::keep(NodeId old) {
  if (is_copying_) {
    moved_.push_back(next_->append_copy(before_.node(old), operands(old)));
    tell_origins(old);
  }
  ++done_;
}

void Rewriter::keep(NodeId old, const Shape& shape) {
  if (before_.shape(old) == shape) return keep(old);
  if (!is_copying_) start_copying();
  moved_.push_back(next_->append_copy(before_.node(old), operands(old), &shape));
  tell_origins(old);
  ++done_;
}

void Rewriter::replace(NodeId old, NodeId by, std::string_view rule) {
  if (!is_copying_) start_copying();
  moved_.push_back(by);
  tell_origins(old);
  if (!rule.empty()) rewritings_.push_back({old, rule});
  ++done_;
}

void Rewriter::redirect(NodeId old, NodeId by, std::string_view rule) {
  if (!is_copying_) start_copying();
  moved_[index(old)] = by;
  rewritings_.push_back({old, rule});
}

Program Rewriter::finish() && {
  if (!is_copying_) {
    Program same = before_;
    same.moved.clear();
    same.rewritings.clear();
    return same;
  }
  Program program{.graph = next_,
                  .results = {},
                  .origins = std::move(origins_),
                  .moved = std::move(moved_),
                  .rewritings = std::move(rewritings_)};
  for (NodeId result : before_.results) program.results.push_back(program.moved[index(result)]);
  return program;
}

Program drop_unread(const Program& program) {
  std::vector<bool> is_read(static_cast<std::size_t>(program.graph->node_count()));
  for (NodeId result : program.results) is_read[index(result)] = true;
  for (std::size_t i = is_read.size(); i-- > 0;)
    if (is_read[i])
      for (NodeId operand : program.operands(NodeId{static_cast<std::int32_t>(i)}))
        is_read[index(operand)] = true;
  Rewriter next(program);
  for (NodeId id : program.nodes()) {
    if (is_read[index(id)])
      next.keep(id);
    else
      next.replace(id, no_node, "");
  }
  Program fewer = std::move(next).finish();
  if (fewer.moved.empty() || program.moved.empty()) {
    if (fewer.moved.empty()) fewer.moved = program.moved;
  } else {
    std::vector<NodeId> moved = program.moved;
    for (NodeId& id : moved)
      if (id != no_node) id = fewer.moved[index(id)];
    fewer.moved = std::move(moved);
  }
  fewer.rewritings = program.rewritings;
  return fewer;
}

}  // namespace gradus
