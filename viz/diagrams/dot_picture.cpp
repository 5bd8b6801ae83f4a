#include "dot_picture.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include <gradus/op/op.h>

#include "core/one_line.h"
#include "dot_label.h"
#include "picture_frames.h"
#include "picture_value.h"

namespace gradus {
namespace {

constexpr std::size_t not_drawn = std::numeric_limits<std::size_t>::max();

PictureKind kind_of_role(Role role) {
  if (role == Role::forward) return PictureKind::forward;
  return role == Role::gradient ? PictureKind::gradient : PictureKind::update;
}

PictureKind kind_of(const Node& node) {
  if (node.op == &placeholder_op) return PictureKind::placeholder;
  if (node.op == &variable_op) return PictureKind::variable;
  if (node.op == &constant_op) return PictureKind::constant;
  return kind_of_role(node.role);
}

// A box in the making that stands for several nodes.
struct Box {
  std::size_t nodes = 0;
  bool flows_up = true;
  std::set<NodeId> inputs, outputs;
};

class Maker {
 public:
  Maker(const GraphState& graph, const std::vector<NodeId>& drawn, const DiagramOptions& options,
        Origins origins)
      : graph_(graph),
        origins_(origins),
        options_(options),
        frames_(picture_.frames, options),
        place_(static_cast<std::size_t>(graph.node_count()), not_drawn),
        flows_up_(place_.size()),
        is_read_(place_.size()),
        is_drawn_(place_.size()) {
    for (NodeId id : drawn) is_drawn_[index(id)] = true;
  }

  Picture make(const std::vector<NodeId>& nodes) {
    std::vector<NodeId> shown;
    for (NodeId id : nodes)
      if (graph_.literal(id) == nullptr || is_drawn_[index(id)]) shown.push_back(id);
    for (NodeId id : shown) add(id);
    for (NodeId id : shown) finish(id);
    for (auto& [place, box] : boxes_) finish(place, box);
    return std::move(picture_);
  }

 private:
  void add(NodeId id) {
    const Node& node = graph_.node(id);
    const auto operands = graph_.operands(id);
    flows_up_[index(id)] =
        node.role != Role::forward ||
        std::ranges::any_of(operands, [&](NodeId operand) { return flows_up_[index(operand)]; });
    // What it reads from outside stands before it.
    for (NodeId operand : operands)
      if (place_[index(operand)] == not_drawn && graph_.literal(operand) == nullptr)
        add_outside(operand);
    const std::size_t place = place_[index(id)] = place_for(id, node);
    for (std::size_t k = 0; k < operands.size(); ++k)
      if (place_[index(operands[k])] != not_drawn) add_edge(id, k, place);
    if (origin_of(id) != no_node && place_[index(origin_of(id))] != not_drawn)
      tied_[place] = std::max(tied_[place], place_[index(origin_of(id))]);
  }

  std::size_t place_for(NodeId id, const Node& node) {
    const bool is_source = graph_.operands(id).empty();
    auto [frame, path] = frames_.of_scope(graph_, node.scope);
    if (path)
      return in_box(*path, frame, id, one_line(path->substr(path->rfind('/') + 1)),
                    one_line(*path));
    if (node.role == Role::gradient && origin_of(id) != no_node && !is_source) {
      if (options_.collapses_gradients) {
        const std::string key = fmt::format("{} of {}", frame, index(origin_of(id)));
        return in_box(key, frame, id, "gradient of " + short_name(graph_, origin_of(id)),
                      "gradient of " + one_line(graph_.name(origin_of(id))));
      }
      frame = frames_.of_gradients(graph_, frame, origin_of(id));
    }
    return add_node(
        {id, kind_of(node), node_label(graph_, id), tooltip_of(id), flows_up_[index(id)]}, frame);
  }

  std::size_t add_node(PictureNode node, std::size_t frame) {
    const std::size_t place = picture_.nodes.size();
    picture_.nodes.push_back(std::move(node));
    picture_.frames[frame].nodes.push_back(place);
    return place;
  }

  void add_outside(NodeId id) {
    place_[index(id)] = add_node(
        {id, PictureKind::outside, one_line(graph_.name(id)), tooltip_of(id), flows_up_[index(id)]},
        0);
    is_read_[index(id)] = true;
  }

  std::size_t in_box(const std::string& key, std::size_t frame, NodeId id, std::string label,
                     std::string tooltip) {
    const auto [found, is_new] = box_of_.try_emplace(key, picture_.nodes.size());
    const PictureKind kind = kind_of_role(graph_.node(id).role);
    if (is_new) {
      add_node({no_node, kind, std::move(label), std::move(tooltip)}, frame);
      picture_.nodes.back().is_box = true;
    }
    if (picture_.nodes[found->second].kind != kind)
      picture_.nodes[found->second].kind = PictureKind::forward;
    Box& box = boxes_[found->second];
    ++box.nodes;
    box.flows_up = box.flows_up && flows_up_[index(id)];
    if (is_drawn_[index(id)]) box.outputs.insert(id);
    return found->second;
  }

  void add_edge(NodeId id, std::size_t k, std::size_t to) {
    const NodeId operand = graph_.operands(id)[k];
    const std::size_t from = place_[index(operand)];
    if (from == to) return;
    is_read_[index(operand)] = true;
    const auto source = boxes_.find(from), target = boxes_.find(to);
    if (source != boxes_.end()) source->second.outputs.insert(operand);
    const Op& op = *graph_.node(id).op;
    PictureEdge edge{from, to, value_label(graph_, operand),
                     k < op.operands.size() && op.reads_shape_alone(k),
                     std::string(operand_label(graph_, id, k))};
    if (target != boxes_.end()) {
      // A box reads a value once, whatever many nodes in it do, and boxes share one arrow.
      edge.operand.clear();
      if (!target->second.inputs.insert(operand).second) return;
      if (source != boxes_.end()) {
        const auto [shared, is_first] =
            shared_.try_emplace({from, to}, Shared{picture_.edges.size(), 1});
        if (!is_first) {
          PictureEdge& one = picture_.edges[shared->second.edge];
          one.value = fmt::format("{} values", ++shared->second.values);
          one.reads_shape_alone = one.reads_shape_alone && edge.reads_shape_alone;
          return;
        }
      }
    }
    picture_.edges.push_back(std::move(edge));
  }

  // Whoever reads it is known now.
  void finish(NodeId id) {
    PictureNode& node = picture_.nodes[place_[index(id)]];
    if (node.is_box) return;
    // A result has no arrow that could carry its shape.
    if (!is_read_[index(id)]) node.label += "\n" + value_label(graph_, id);
    add_values(node, id, options_);
    const auto tie = tied_.find(place_[index(id)]);
    if (tie != tied_.end()) add_tie(tie->second, tie->first);
  }

  void finish(std::size_t place, const Box& box) {
    PictureNode& node = picture_.nodes[place];
    const auto count = [](std::size_t n, std::string_view word) {
      return fmt::format("{} {}{}", n, word, n == 1 ? "" : "s");
    };
    node.label +=
        fmt::format("\n{}, {}, {}", count(box.nodes, "node"), count(box.inputs.size(), "input"),
                    count(box.outputs.size(), "output"));
    node.flows_up = box.flows_up;
    if (box.outputs.size() == 1) add_values(node, *box.outputs.begin(), options_);
    const auto tie = tied_.find(place);
    if (tie != tied_.end() && box.flows_up) add_tie(tie->second, place);
  }

  // One line suffices for all gradients of an op: they stand in one frame.
  void add_tie(std::size_t from, std::size_t to) {
    if (from == to || picture_.nodes[from].flows_up) return;
    const auto [last, is_first] = last_tie_.try_emplace(from, picture_.ties.size());
    if (!is_first)
      picture_.ties[std::exchange(last->second, picture_.ties.size())].is_drawn = false;
    picture_.ties.push_back({from, to, true});
  }

  // The op that a gradient differentiates.
  NodeId origin_of(NodeId id) const {
    return origins_ == Origins::are_of_this_graph ? graph_.node(id).origin : no_node;
  }

  std::string tooltip_of(NodeId id) const {
    std::string text = one_line(graph_.name(id));
    if (origin_of(id) != no_node)
      text += fmt::format(" (gradient of {})", one_line(graph_.name(origin_of(id))));
    return text;
  }

  const GraphState& graph_;
  const Origins origins_;
  const DiagramOptions& options_;
  Picture picture_;
  PictureFrames frames_;
  std::vector<std::size_t> place_;  // of each node of the graph
  std::vector<bool> flows_up_, is_read_, is_drawn_;
  struct Shared {
    std::size_t edge;
    std::int64_t values;
  };
  std::map<std::pair<std::size_t, std::size_t>, Shared> shared_;  // arrows between boxes
  std::unordered_map<std::string, std::size_t> box_of_;
  std::map<std::size_t, Box> boxes_;                              // by place
  std::unordered_map<std::size_t, std::size_t> tied_, last_tie_;  // gradient -> op, op -> tie
};

}  // namespace

Picture make_picture(const GraphState& graph, const std::vector<NodeId>& nodes,
                     const std::vector<NodeId>& drawn, const DiagramOptions& options,
                     Origins origins) {
  return Maker(graph, drawn, options, origins).make(nodes);
}

}  // namespace gradus
