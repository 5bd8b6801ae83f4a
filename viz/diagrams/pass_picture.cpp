#include <algorithm>
#include <map>
#include <string>

#include <fmt/format.h>

#include <gradus/op/records.h>
#include <gradus/traversal.h>

#include "core/one_line.h"
#include "dot_label.h"
#include "dot_picture.h"

namespace gradus {
namespace {

Picture picture_after(const PassTrace& pass, DiagramOptions options) {
  std::vector<NodeId> drawn;
  for (const Tensor& t : pass.results) drawn.push_back(t.id());
  // A node of a compiled graph keeps the number of a node of the first graph as its origin.
  options.collapses_gradients = false;
  options.collapses_large_graphs = false;
  return make_picture(pass.graph.state(), ancestors(pass.results), drawn, options,
                      Origins::are_of_another_graph);
}

// What became of each node that the pass met. The first of those whose work one node does now is
// the one that stays.
void mark_before(Picture& picture, const GraphState& graph, const PassTrace& pass) {
  std::map<NodeId, NodeId> first_of;
  for (PictureNode& node : picture.nodes) {
    if (node.id == no_node) continue;
    const NodeId now = pass.moved[index(node.id)];
    const auto rule = std::ranges::find(pass.rewritings, node.id, &PassTrace::Rewriting::node);
    const bool is_rewritten = rule != pass.rewritings.end();
    if (is_rewritten) {
      node.mark = PictureMark::changed;
      node.label += "\n" + one_line(rule->rule);
    }
    if (now == no_node) {
      if (!is_rewritten) node.mark = PictureMark::removed;
      continue;
    }
    const auto [first, is_first] = first_of.try_emplace(now, node.id);
    if (is_first) continue;
    node.mark = PictureMark::removed;
    node.label += "\nmerged with " + short_name(graph, first->second);
  }
}

// What stands for no node of before, or for one that was rewritten.
void mark_after(Picture& picture, const PassTrace& pass) {
  std::vector<bool> is_old(static_cast<std::size_t>(pass.graph.node_count()));
  for (std::size_t i = 0; i < pass.moved.size(); ++i) {
    const NodeId before{static_cast<std::int32_t>(i)};
    const bool is_rewritten =
        std::ranges::find(pass.rewritings, before, &PassTrace::Rewriting::node) !=
        pass.rewritings.end();
    if (pass.moved[i] != no_node && !is_rewritten) is_old[index(pass.moved[i])] = true;
  }
  for (PictureNode& node : picture.nodes)
    if (node.id != no_node && !is_old[index(node.id)]) node.mark = PictureMark::added;
}

// Adds a picture within a frame of its own.
void append(Picture& whole, Picture part, const std::string& label) {
  const std::size_t first_node = whole.nodes.size(), first_frame = whole.frames.size();
  part.frames[0].label = label;
  for (PictureFrame& frame : part.frames) {
    ++frame.depth;
    frame.parent += first_frame;
    for (std::size_t& node : frame.nodes) node += first_node;
    for (std::size_t& inner : frame.frames) inner += first_frame;
  }
  part.frames[0].parent = 0;
  whole.frames[0].frames.push_back(first_frame);
  for (PictureEdge& edge : part.edges) {
    edge.from += first_node;
    edge.to += first_node;
  }
  std::ranges::move(part.nodes, std::back_inserter(whole.nodes));
  std::ranges::move(part.frames, std::back_inserter(whole.frames));
  std::ranges::move(part.edges, std::back_inserter(whole.edges));
}

// Frames around what one loop computes, in the place of scopes.
void frame_loops(Picture& picture, const PassTrace& trace) {
  const std::vector<std::int32_t>& steps = trace.steps;
  std::map<std::int32_t, std::vector<std::size_t>> loops;
  for (std::size_t i = 0; i < picture.nodes.size(); ++i)
    if (const NodeId id = picture.nodes[i].id; id != no_node && steps[index(id)] >= 0)
      loops[steps[index(id)]].push_back(i);
  std::erase_if(loops, [](const auto& loop) { return loop.second.size() < 2; });
  for (auto& loop : loops) {
    std::vector<std::size_t>& nodes = loop.second;
    std::erase_if(picture.frames[0].nodes,
                  [&](std::size_t node) { return std::ranges::find(nodes, node) != nodes.end(); });
    picture.frames[0].frames.push_back(picture.frames.size());
    std::string label = fmt::format("one loop of {} nodes", nodes.size());
    picture.frames.push_back({.label = std::move(label), .depth = 1, .nodes = std::move(nodes)});
  }
}

}  // namespace

Picture make_pass_picture(const std::vector<PassTrace>& passes, std::size_t pass,
                          const DiagramOptions& options) {
  const PassTrace& trace = passes[pass];
  if (!trace.steps.empty()) {
    DiagramOptions without_scopes = options;
    without_scopes.shows_scopes = false;
    Picture picture = picture_after(trace, without_scopes);
    frame_loops(picture, trace);
    return picture;
  }
  Picture after = picture_after(trace, options);
  if (pass == 0) return after;
  Picture before = picture_after(passes[pass - 1], options);
  mark_before(before, passes[pass - 1].graph.state(), trace);
  mark_after(after, trace);
  Picture whole;
  whole.frames.resize(1);
  append(whole, std::move(before), fmt::format("before {}", trace.name));
  append(whole, std::move(after), fmt::format("after {}", trace.name));
  return whole;
}

}  // namespace gradus
