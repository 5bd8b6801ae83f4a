#include "page_passes.h"

#include <string>
#include <unordered_map>

#include <fmt/format.h>

#include <gradus/op/op.h>
#include <gradus/pass_trace.h>
#include <gradus/traversal.h>

#include "core/one_line.h"
#include "graph/graph_state.h"
#include "page_json.h"

namespace gradus {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t max_listed_nodes = 400;

// The nodes of one stage, operands first.
struct Stage {
  explicit Stage(const PassTrace& pass)
      : trace(pass), graph(pass.graph.state()), nodes(ancestors(pass.results)) {
    for (std::size_t i = 0; i < nodes.size(); ++i) place.emplace(nodes[i], i);
  }

  const PassTrace& trace;
  const GraphState& graph;
  std::vector<NodeId> nodes;
  std::unordered_map<NodeId, std::size_t> place;
};

std::string label_of(const Stage& stage, NodeId id) {
  const std::string name = one_line(stage.graph.name(id));
  return fmt::format("{}\n{} {}", name.substr(name.rfind('/') + 1), stage.graph.node(id).op->name,
                     to_text(stage.graph.shape(id)));
}

Json node_json(const Stage& stage, NodeId id) {
  Json json{{"name", one_line(stage.graph.name(id))},
            {"op", stage.graph.node(id).op->name},
            {"shape", to_text(stage.graph.shape(id))},
            {"gradient", stage.graph.node(id).role == Role::gradient}};
  if (const auto& steps = stage.trace.steps; index(id) < steps.size() && steps[index(id)] >= 0)
    json["step"] = steps[index(id)];
  return json;
}

// A number has no box.
Picture picture_of(const Stage& stage) {
  Picture picture;
  picture.frames.resize(1);
  std::unordered_map<NodeId, std::size_t> box_of;
  for (const NodeId id : stage.nodes) {
    if (stage.graph.literal(id) != nullptr) continue;
    const std::size_t box = picture.nodes.size();
    for (NodeId operand : stage.graph.operands(id))
      if (const auto from = box_of.find(operand); from != box_of.end())
        picture.edges.push_back({from->second, box, "", false});
    box_of.emplace(id, box);
    picture.frames[0].nodes.push_back(box);
    picture.nodes.push_back({id, PictureKind::forward, label_of(stage, id), ""});
  }
  return picture;
}

Json drawing_json(const Stage& stage, const Picture& picture, const Layout& layout) {
  Json boxes = Json::array(), arrows = Json::array();
  for (std::size_t b = 0; b < picture.nodes.size(); ++b) {
    Json box = box_json(layout.nodes[b]);
    box.insert(box.begin(), stage.place.at(picture.nodes[b].id));
    boxes.push_back(std::move(box));
  }
  for (const LayoutEdge& edge : layout.edges) arrows.push_back(curve_json(edge));
  return {{"width", rounded(layout.width)},
          {"height", rounded(layout.height)},
          {"boxes", std::move(boxes)},
          {"arrows", std::move(arrows)}};
}

// Without its drawing.
Json stage_json(const Stage& stage, const Stage* before) {
  Json nodes = Json::array(), moved = Json::array(), rules = Json::array();
  for (NodeId id : stage.nodes) nodes.push_back(node_json(stage, id));
  if (before != nullptr) {
    for (NodeId id : before->nodes) {
      const auto found = stage.place.find(stage.trace.moved[index(id)]);
      moved.push_back(found == stage.place.end() ? Json() : Json(found->second));
    }
    for (const PassTrace::Rewriting& rewriting : stage.trace.rewritings)
      if (const auto found = before->place.find(rewriting.node); found != before->place.end())
        rules.push_back({found->second, rewriting.rule});
  }
  return {{"name", stage.trace.name},
          {"nodes", std::move(nodes)},
          {"drawing", nullptr},
          {"moved", std::move(moved)},
          {"rules", std::move(rules)}};
}

}  // namespace

Json passes_json(const Explanation& explanation, const std::vector<Feed>& feeds) {
  GraphState& copy = explanation.graph.state();
  std::vector<Tensor> fetches{explanation.loss};
  for (const ExplainedVariable& v : explanation.variables)
    fetches.push_back(copy.tensor(explanation.find(v.id)->gradient_node));
  std::vector<Feed> feeds_of_copy;
  for (const Feed& feed : feeds)
    feeds_of_copy.emplace_back(copy.tensor(feed.placeholder().id()), feed.value());

  Json list = Json::array();
  if (ancestors(fetches).size() > max_listed_nodes) return list;
  const std::vector<PassTrace> traces = trace_passes(fetches, feeds_of_copy);
  std::vector<Stage> stages;
  for (const PassTrace& trace : traces) stages.emplace_back(trace);
  const DiagramOptions options{.shows_shapes = false};
  std::vector<Picture> pictures;  // of stages that are soon laid out
  std::vector<std::size_t> stage_of;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    list.push_back(stage_json(stages[i], i == 0 ? nullptr : &stages[i - 1]));
    Picture picture = picture_of(stages[i]);
    if (layout_size(picture, options) > max_ranks_on_page) continue;
    pictures.push_back(std::move(picture));
    stage_of.push_back(i);
  }
  const std::vector<Layout> layouts = lay_out(pictures, options);
  for (std::size_t p = 0; p < pictures.size(); ++p)
    list[stage_of[p]]["drawing"] = drawing_json(stages[stage_of[p]], pictures[p], layouts[p]);
  return list;
}

}  // namespace gradus
