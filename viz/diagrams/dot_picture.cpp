#include "dot_picture.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include <gradus/op/op.h>
#include <gradus/op/records.h>

#include "analysis/derivative_names.h"
#include "analysis/repeats.h"
#include "core/one_line.h"
#include "dot_label.h"
#include "picture_frames.h"
#include "picture_reads.h"
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
  std::vector<std::string> derivatives;
};

class Maker {
 public:
  Maker(const GraphState& graph, const std::vector<NodeId>& drawn, const DiagramOptions& options,
        Origins origins)
      : graph_(graph),
        origins_(origins),
        options_(options),
        frames_(picture_.frames, options, repeats_),
        place_(static_cast<std::size_t>(graph.node_count()), not_drawn),
        frame_of_(place_.size()),
        flows_up_(place_.size()),
        is_read_(place_.size()),
        is_drawn_(place_.size()) {
    for (NodeId id : drawn) is_drawn_[index(id)] = true;
  }

  Picture make(const std::vector<NodeId>& nodes) {
    std::vector<NodeId> shown;
    for (NodeId id : nodes)
      if (graph_.literal(id) == nullptr || is_drawn_[index(id)]) shown.push_back(id);
    find_halves(shown);
    is_large_ = options_.collapses_large_graphs && shown.size() >= large_graph;
    if (is_large_) find_repeats(shown);
    if (origins_ == Origins::are_of_this_graph) derivatives_ = derivative_names(graph_, nodes);
    for (NodeId id : shown) add(id);
    for (NodeId id : shown) finish(id);
    for (auto& [place, box] : boxes_) finish(place, box);
    if (origins_ == Origins::are_of_this_graph) name_reads(picture_, graph_);
    return std::move(picture_);
  }

 private:
  void find_halves(const std::vector<NodeId>& shown) {
    for (NodeId id : shown)
      flows_up_[index(id)] = graph_.node(id).role != Role::forward ||
                             std::ranges::any_of(graph_.operands(id), [&](NodeId operand) {
                               return flows_up_[index(operand)];
                             });
  }

  void find_repeats(const std::vector<NodeId>& shown) {
    std::vector<NodeId> forward;
    const PathTree& paths = graph_.names().paths();
    for (NodeId id : shown) {
      if (flows_up_[index(id)]) continue;
      forward.push_back(id);
      for (std::uint32_t path = graph_.node(id).scope; forward_scopes_.insert(path).second;)
        path = path == PathTree::root ? path : paths.above(path);
    }
    repeats_ = Repeats(graph_, forward);
  }

  void add(NodeId id) {
    const Node& node = graph_.node(id);
    const auto operands = graph_.operands(id);
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
    if (const NodeId drawn = repeats_.drawn(id); drawn != id) {
      const std::size_t place = place_[index(drawn)];
      if (const auto box = boxes_.find(place); box != boxes_.end()) ++box->second.nodes;
      return place;
    }
    const PictureFrames::Place in = frames_.of_node(graph_, id);
    if (in.collapsed_path)
      return in_box(*in.collapsed_path, in.frame, id, in.collapsed_label,
                    one_line(*in.collapsed_path));
    if (is_large_ && node.role == Role::update) return place_of_update(id, node);
    if (node.role == Role::gradient && (is_large_ || !graph_.operands(id).empty()))
      return place_of_gradient(id, in.frame);
    return add_labelled(id, node, in.frame);
  }

  std::size_t add_labelled(NodeId id, const Node& node, std::size_t frame) {
    std::string label = node_label(graph_, id, repeats_.last(id));
    if (const auto name = derivatives_.find(id); name != derivatives_.end())
      label = one_line(name->second) + "\n" + label;
    frame_of_[index(id)] = frame;
    return add_node({id, kind_of(node), std::move(label), tooltip_of(id), flows_up_[index(id)]},
                    frame);
  }

  // In the box of its outermost scope without nodes of the forward half.
  std::size_t place_of_update(NodeId id, const Node& node) {
    const PathTree& paths = graph_.names().paths();
    std::uint32_t scope = node.scope;
    while (scope != PathTree::root && !forward_scopes_.contains(paths.above(scope)))
      scope = paths.above(scope);
    if (scope == PathTree::root) return in_box("updates", 0, id, "updates", "updates");
    const std::size_t frame = frames_.of_scope(graph_, paths.above(scope)).frame;
    return in_box(paths.text(scope), frame, id, one_line(paths.last_part(scope)),
                  one_line(paths.text(scope)));
  }

  std::size_t place_of_gradient(NodeId id, std::size_t frame) {
    const NodeId origin = origin_of(id) == no_node ? no_node : repeats_.drawn(origin_of(id));
    const std::size_t place = origin == no_node ? not_drawn : place_[index(origin)];
    const std::string key = fmt::format("{} of ", frame);
    if (place != not_drawn && boxes_.contains(place)) {
      const std::string label = "gradient of " + box_labels_.at(place);
      return in_box(key + fmt::format("box {}", place), frame, id, label, label);
    }
    // A sum over the uses of a variable goes with the last of its parts.
    if (is_large_ && origin != no_node && graph_.operands(origin).empty() &&
        !graph_.operands(id).empty())
      if (const std::size_t part = place_[index(graph_.operands(id).back())]; boxes_.contains(part))
        return in_box(part, id);
    if (is_large_) {
      // Of all in one frame.
      const std::size_t whole = place == not_drawn ? 0 : frame_of_[index(origin)];
      const std::string label =
          whole == 0 ? "gradients" : "gradient of " + picture_.frames[whole].label;
      return in_box(key + fmt::format("frame {}", whole), frame, id, label, label);
    }
    if (origin == no_node) return add_labelled(id, graph_.node(id), frame);
    const std::size_t mirrored =
        frames_.of_mirrored_scope(graph_, frame, graph_.node(origin).scope);
    if (options_.collapses_gradients)
      return in_box(key + std::to_string(index(origin)), mirrored, id,
                    "gradient of " + short_name(graph_, origin),
                    "gradient of " + one_line(graph_.name(origin)));
    return add_labelled(id, graph_.node(id), frames_.of_gradients(graph_, mirrored, origin));
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
    if (is_new) {
      box_labels_.emplace(found->second, label);
      add_node({no_node, kind_of_role(graph_.node(id).role), std::move(label), std::move(tooltip)},
               frame);
      picture_.nodes.back().is_box = true;
    }
    return in_box(found->second, id);
  }

  std::size_t in_box(std::size_t place, NodeId id) {
    const PictureKind kind = kind_of_role(graph_.node(id).role);
    if (picture_.nodes[place].kind != kind) picture_.nodes[place].kind = PictureKind::forward;
    Box& box = boxes_[place];
    ++box.nodes;
    box.flows_up = box.flows_up && flows_up_[index(id)];
    if (is_drawn_[index(id)]) box.outputs.insert(id);
    if (const auto name = derivatives_.find(id); name != derivatives_.end())
      box.derivatives.push_back(name->second);
    return place;
  }

  void add_edge(NodeId id, std::size_t k, std::size_t to) {
    const NodeId operand = graph_.operands(id)[k];
    const std::size_t from = place_[index(operand)];
    const bool moves_on = repeats_.moves_on(operand, id);
    if (from == to && !moves_on) return;
    is_read_[index(operand)] = true;
    const auto source = boxes_.find(from), target = boxes_.find(to);
    if (source != boxes_.end() && from != to) source->second.outputs.insert(operand);
    const Op& op = *graph_.node(id).op;
    PictureEdge edge{from,
                     to,
                     value_label(graph_, operand),
                     k < op.operands.size() && op.reads_shape_alone(k),
                     operand_label(graph_, id, k),
                     moves_on};
    if (target != boxes_.end()) {
      // A box reads a value once, whatever many nodes in it do, and boxes share one arrow.
      edge.operand.clear();
      if (from != to && !target->second.inputs.insert(operand).second) return;
      // That gradients and updates read the other half goes without saying.
      if (is_large_ && flows_up_[index(id)] && !flows_up_[index(operand)]) return;
      if (is_large_ && share_of_frame(edge, operand)) return;
      if (source != boxes_.end() && share(edge, 0, operand)) return;
    }
    const bool is_repeated = repeats_.last(repeats_.drawn(id)) != id || repeats_.drawn(id) != id;
    const bool is_of_repeated =
        repeats_.last(operand) != operand || repeats_.drawn(operand) != operand;
    // The readers' first arrows stand for all; a lone reader reads all repetitions by one.
    if ((is_repeated || is_of_repeated) && share(edge, is_repeated ? k + 1 : 0, operand)) return;
    picture_.edges.push_back(std::move(edge));
  }

  // Whether the arrow is one with one that is there: that of the same number, between the same.
  bool share(const PictureEdge& edge, std::size_t number, NodeId operand) {
    const auto key = std::tuple(edge.from, edge.to, number, edge.moves_on);
    const auto [shared, is_first] =
        shared_.try_emplace(key, Shared{picture_.edges.size(), 1, operand});
    if (is_first) return false;
    PictureEdge& one = picture_.edges[shared->second.edge];
    one.reads_shape_alone = one.reads_shape_alone && edge.reads_shape_alone;
    if (number == 0 && shared->second.last != operand) {
      ++shared->second.values;
      one.value = fmt::format("{} values", shared->second.values);
    }
    shared->second.last = operand;
    return true;
  }

  // One arrow from the frame of all gradients to the update that reads them.
  bool share_of_frame(const PictureEdge& edge, NodeId gradient) {
    if (picture_.nodes[edge.from].kind != PictureKind::gradient ||
        picture_.nodes[edge.to].kind != PictureKind::update)
      return false;
    const std::size_t frame = frames_.of_scope(graph_, graph_.node(gradient).scope).frame;
    if (frame == 0) return false;
    const auto [shared, is_first] =
        of_frame_.try_emplace({frame, edge.to}, Shared{picture_.edges.size(), 1, gradient});
    if (is_first) {
      picture_.edges.push_back(edge);
      picture_.edges.back().from_frame = frame;
      return true;
    }
    // At the box that was made last, which stands next to the update.
    PictureEdge& one = picture_.edges[shared->second.edge];
    one.from = std::max(one.from, edge.from);
    one.value = fmt::format("{} gradients", ++shared->second.values);
    return true;
  }

  // Whoever reads it is known now.
  void finish(NodeId id) {
    if (repeats_.drawn(id) != id) return;
    PictureNode& node = picture_.nodes[place_[index(id)]];
    if (node.is_box) return;
    const NodeId last = repeats_.last(id);
    // A result has no arrow that could carry its shape.
    if (!is_read_[index(last)]) node.label += "\n" + value_label(graph_, last);
    if (last == id) add_values(node, id, options_);
    const auto tie = tied_.find(place_[index(id)]);
    if (tie != tied_.end()) add_tie(tie->second, tie->first);
  }

  void finish(std::size_t place, const Box& box) {
    PictureNode& node = picture_.nodes[place];
    const auto count = [](std::size_t n, std::string_view word) {
      return fmt::format("{} {}{}", n, word, n == 1 ? "" : "s");
    };
    if (!box.derivatives.empty())
      node.label = first_few(box.derivatives) + "\n" + std::move(node.label);
    node.label +=
        fmt::format("\n{}, {}, {}", count(box.nodes, "node"), count(box.inputs.size(), "input"),
                    count(box.outputs.size(), "output"));
    node.flows_up = box.flows_up;
    if (box.outputs.size() == 1) add_values(node, *box.outputs.begin(), options_);
    const auto tie = tied_.find(place);
    if (tie != tied_.end() && box.flows_up) add_tie(tie->second, place);
  }

  static std::string first_few(const std::vector<std::string>& names) {
    constexpr std::size_t few = 4;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), few); ++i)
      text += (i == 0 ? "" : i == few / 2 ? ",\n" : ", ") + one_line(names[i]);
    return names.size() > few ? text + fmt::format(", {} more", names.size() - few) : text;
  }

  // One line suffices for all gradients of an op: they stand in one frame.
  void add_tie(std::size_t from, std::size_t to) {
    if (from == to || picture_.nodes[from].flows_up) return;
    const auto [last, is_first] = last_tie_.try_emplace(from, picture_.ties.size());
    if (!is_first)
      picture_.ties[std::exchange(last->second, picture_.ties.size())].is_drawn = false;
    picture_.ties.push_back({from, to, !is_large_});
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
  bool is_large_ = false;
  Picture picture_;
  Repeats repeats_;
  PictureFrames frames_;
  std::vector<std::size_t> place_;     // of each node of the graph
  std::vector<std::size_t> frame_of_;  // of each that is drawn
  std::vector<bool> flows_up_, is_read_, is_drawn_;
  std::unordered_map<NodeId, std::string> derivatives_;
  std::unordered_set<std::uint32_t> forward_scopes_;  // and those above
  struct Shared {
    std::size_t edge;
    std::int64_t values;
    NodeId last;
  };
  // Arrows that stand for several, by their ends.
  std::map<std::tuple<std::size_t, std::size_t, std::size_t, bool>, Shared> shared_;
  std::map<std::pair<std::size_t, std::size_t>, Shared> of_frame_;  // by frame and reader
  std::unordered_map<std::string, std::size_t> box_of_;
  std::unordered_map<std::size_t, std::string> box_labels_;
  std::map<std::size_t, Box> boxes_;                              // by place
  std::unordered_map<std::size_t, std::size_t> tied_, last_tie_;  // gradient -> op, op -> tie
};

}  // namespace

std::string scopes_of_depth(std::size_t depth) {
  std::string pattern = "*";
  for (std::size_t i = 1; i < depth; ++i) pattern += "/*";
  return pattern;
}

Picture make_picture(const GraphState& graph, const std::vector<NodeId>& nodes,
                     const std::vector<NodeId>& drawn, const DiagramOptions& options,
                     Origins origins) {
  const auto make = [&](const DiagramOptions& by) {
    return Maker(graph, drawn, by, origins).make(nodes);
  };
  Picture picture = make(options);
  if (!options.collapses_large_graphs || picture.nodes.size() <= most_boxes ||
      nodes.size() < large_graph)
    return picture;
  // The deepest frames that fit, if that makes a difference.
  DiagramOptions smaller = options;
  smaller.collapsed_scopes.emplace_back();
  constexpr std::size_t deepest = 64;
  for (std::size_t depth = std::min(picture.depth(), deepest); depth > 0; depth /= 2) {
    smaller.collapsed_scopes.back() = scopes_of_depth(depth);
    Picture collapsed = make(smaller);
    if (collapsed.nodes.size() < picture.nodes.size()) picture = std::move(collapsed);
    if (picture.nodes.size() <= most_boxes) break;
  }
  return picture;
}

}  // namespace gradus
