// From the user's graph to the program of a run: nodes from the fetches down are marked, then
// copied in order with the shapes that follow from the feeds.
#include <algorithm>
#include <deque>
#include <utility>

#include <fmt/format.h>

#include <gradus/op/records.h>

#include "compiler/program/prune.h"
#include "core/throw_at.h"
#include "graph/node_flags.h"

namespace gradus {
namespace {

class Pruning {
 public:
  Pruning(const std::shared_ptr<const GraphState>& graph, const PlanKey& key, SourceLocation where)
      : graph_(*graph), key_(key), where_(where), whole_{.graph = graph, .results = key.fetches} {}

  Program run() {
    find_needs();
    if (has_open_shapes_) infer_shapes();
    Rewriter next(whole_);
    for (NodeId id : whole_.nodes()) {
      if (is_computed(index(id)) && is_declared(id))
        next.keep(id);
      else if (is_computed(index(id)))
        next.keep(id, shape(id));
      else if (is_needed(index(id)))
        next.replace(id, shape_node(next, id), "");
      else
        next.replace(id, no_node, "");
    }
    return std::move(next).finish();
  }

 private:
  // One descending sweep: readers come before their operands. A node of which only the shape is
  // read is not computed, but needs the shapes of its own operands.
  void find_needs() {
    needs_.resize(static_cast<std::size_t>(graph_.node_count()));
    for (NodeId fetch : key_.fetches) needs_[index(fetch)] = value;
    for (std::size_t i = needs_.size(); i-- > 0;) {
      if (!is_needed(i)) continue;
      const NodeId id{static_cast<std::int32_t>(i)};
      const NodeKind& kind = graph_.kind(id);
      const Op& op = *kind.op;
      if (&op == &assign_op && is_computed(i)) note_assigned(graph_.operands(id)[0]);
      has_open_shapes_ |= kind.element_count == any_size || &op == &placeholder_op;
      const auto operands = graph_.operands(id);
      for (std::size_t k = 0; k < operands.size(); ++k) {
        // Which variable an assignment is for must stay known.
        const bool is_read = !op.reads_shape_alone(k) || &op == &assign_op;
        char& need = needs_[index(operands[k])];
        need = std::max(need, is_read ? needs_[i] : shape_alone);
      }
    }
  }
  void note_assigned(NodeId variable) {
    is_assigned_.resize(needs_.size());
    if (std::exchange(is_assigned_[index(variable)], true))
      throw_at<GraphError>(where_, "run: variable \"{}\" is assigned twice", graph_.name(variable));
  }
  bool is_needed(std::size_t i) const { return needs_[i] != nothing; }
  bool is_computed(std::size_t i) const { return needs_[i] == value; }

  void infer_shapes() {
    for (std::size_t i = 0; i < needs_.size(); ++i) {
      if (!is_needed(i)) continue;
      const NodeId id{static_cast<std::int32_t>(i)};
      const NodeKind& kind = graph_.kind(id);
      if (kind.op == &placeholder_op) {
        set_shape(id, fed_shape(id));
        continue;
      }
      // Where nothing was unknown when the node was made, nothing is new.
      const auto is_as_declared = [&](NodeId operand) {
        return is_declared(operand) || *shapes_[index(operand)] == graph_.shape(operand);
      };
      if (kind.element_count != any_size &&
          (shapes_.empty() || std::ranges::all_of(graph_.operands(id), is_as_declared)))
        continue;
      const Shape shape = ruled_shape(id);
      if (shape == graph_.shape(id)) continue;
      const bool is_new = new_shapes_.empty() || new_shapes_.back() != shape;
      set_shape(id, is_new ? new_shapes_.emplace_back(shape) : new_shapes_.back());
    }
  }
  bool is_declared(NodeId id) const { return shapes_.empty() || shapes_[index(id)] == nullptr; }
  const Shape& shape(NodeId id) const {
    return is_declared(id) ? graph_.shape(id) : *shapes_[index(id)];
  }
  void set_shape(NodeId id, const Shape& shape) {
    shapes_.resize(needs_.size());
    shapes_[index(id)] = &shape;
  }

  const Shape& fed_shape(NodeId placeholder) const {
    const auto found = std::ranges::lower_bound(key_.placeholders, placeholder);
    if (found != key_.placeholders.end() && *found == placeholder)
      return key_.shapes[static_cast<std::size_t>(found - key_.placeholders.begin())];
    const Shape& declared = graph_.shape(placeholder);
    if (!is_computed(index(placeholder)) && declared.is_known()) return declared;
    throw_at<FeedError>(where_, "run: no value is fed for placeholder \"{}\" {} {}",
                        graph_.name(placeholder), to_text(graph_.node(placeholder).dtype),
                        to_text(declared));
  }

  // The op's own rule, with all dimensions known.
  Shape ruled_shape(NodeId id) const {
    const Node& node = graph_.node(id);
    std::vector<Shape> operands;
    for (NodeId operand : graph_.operands(id)) operands.push_back(shape(operand));
    try {
      const Shape shape = Call(*node.op, graph_.attributes(id)).shape_of(operands);
      if (shape.is_known()) return shape;
      throw InternalError(fmt::format("run: the shape of \"{}\" stayed unknown: {}",
                                      graph_.name(id), to_text(shape)));
    } catch (const RuleFailure& failure) {
      throw_failure(failure, *node.op, graph_, graph_.where(id), graph_.name(id),
                    graph_.operands(id), operands);
    }
  }

  NodeId shape_node(Rewriter& next, NodeId id) const {
    return next.writable()->append(shape_op, {}, {}, shape(id), graph_.node(id).dtype, {});
  }

  const GraphState& graph_;
  const PlanKey& key_;
  const SourceLocation where_;
  Program whole_;
  // What is needed of each node: more of it includes less.
  static constexpr char nothing = 0, shape_alone = 1, value = 2;
  NodeFlags needs_;
  NodeFlags is_assigned_;             // by variable; empty if none is
  bool has_open_shapes_ = false;      // the feeds tell more than the graph
  std::vector<const Shape*> shapes_;  // null: as declared; empty: all are
  std::deque<Shape> new_shapes_;      // that the graph did not know
};

}  // namespace

extern constexpr Op shape_op{
    .name = "shape",
    .doc = "Stands for a value of which only the shape is read.",
    .shape = [](std::span<const Shape>) -> Shape { return {}; },
    .dtype = [](std::span<const DType>) { return float32; },
    .kernel = IsSource{},
};
static_assert(shape_op.is_well_formed());

Program prune(const std::shared_ptr<const GraphState>& graph, const PlanKey& key,
              SourceLocation where) {
  return Pruning(graph, key, where).run();
}

}  // namespace gradus
