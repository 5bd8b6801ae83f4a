#include "layout.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <gradus/error.h>

#include "dot/dot_text.h"
#include "graphviz.h"

namespace gradus {
namespace {

using Json = nlohmann::ordered_json;

// The place that ends a name in the DOT text: "n12", "cluster_3".
std::size_t number_in(const std::string& name) {
  const std::size_t first = std::min(name.find_first_of("0123456789"), name.size());
  std::size_t number = 0;
  std::from_chars(name.data() + first, name.data() + name.size(), number);
  return number;
}

// The points of all lines in a drawing; of an ellipse two corners of the box around it.
std::vector<LayoutPoint> points_of(const Json& drawing) {
  std::vector<LayoutPoint> points;
  for (const Json& step : drawing) {
    if (step.contains("points"))
      for (const Json& p : step["points"]) points.push_back({p.at(0), p.at(1)});
    if (step.contains("rect")) {
      const double x = step["rect"].at(0), y = step["rect"].at(1);
      const double half_width = step["rect"].at(2), half_height = step["rect"].at(3);
      points.push_back({x - half_width, y - half_height});
      points.push_back({x + half_width, y + half_height});
    }
  }
  return points;
}

LayoutBox box_around(const Json& drawing) {
  const std::vector<LayoutPoint> points = points_of(drawing);
  if (points.empty()) return {};
  const auto [left, right] = std::ranges::minmax(points, {}, &LayoutPoint::x);
  const auto [top, bottom] = std::ranges::minmax(points, {}, &LayoutPoint::y);
  return {{(left.x + right.x) / 2, (top.y + bottom.y) / 2}, right.x - left.x, bottom.y - top.y};
}

LayoutEdge edge_of(const Json& json) {
  LayoutEdge edge{points_of(json.at("_draw_")), {}};
  const bool is_turned = json.contains("_tdraw_");  // in the backward half
  if (is_turned) std::ranges::reverse(edge.curve);
  edge.tip = points_of(json.at(is_turned ? "_tdraw_" : "_hdraw_")).at(1);  // of three
  return edge;
}

Layout read_layout(const Json& json, const Picture& picture) {
  Layout layout;
  layout.nodes.resize(picture.nodes.size());
  layout.frames.resize(picture.frames.size());
  layout.edges.resize(picture.edges.size());

  // The ground is larger than the drawing, which begins at (0, 0), by a margin on all sides.
  const LayoutPoint center = box_around(json.at("_draw_")).center;
  layout.width = 2 * center.x;
  layout.height = 2 * center.y;
  layout.frames[0] = {center, layout.width, layout.height};

  std::vector<std::size_t> node_of;  // of each object
  for (const Json& object : json.value("objects", Json::array())) {
    const std::string name = object.at("name");
    const bool is_node = name.starts_with('n');
    node_of.push_back(number_in(name));
    (is_node ? layout.nodes : layout.frames).at(node_of.back()) = box_around(object.at("_draw_"));
  }

  // Arrows between the same nodes come in the order in which the text declares them, ties last.
  std::multimap<std::pair<std::size_t, std::size_t>, std::size_t> numbers;
  for (std::size_t i = 0; i < picture.edges.size(); ++i) {
    std::pair ends(picture.edges[i].from, picture.edges[i].to);
    if (picture.is_turned(picture.edges[i])) std::swap(ends.first, ends.second);
    numbers.emplace(ends, i);
  }
  for (const Json& arrow : json.value("edges", Json::array())) {
    const std::pair ends(node_of.at(arrow.at("tail")), node_of.at(arrow.at("head")));
    const auto number = numbers.lower_bound(ends);
    if (number == numbers.end() || number->first != ends) continue;  // a tie
    layout.edges[number->second] = edge_of(arrow);
    numbers.erase(number);
  }
  return layout;
}

constexpr std::size_t deepest = 100;  // frame in a frame

bool is_within_budget(const Picture& picture, const DiagramOptions& options) {
  return layout_size(picture, options) <= options.layout_budget && picture.depth() <= deepest;
}

// Where Graphviz puts what: the longest way to it, along arrows down the forward half, and against
// them up the backward half, which begins beside the op that it differentiates.
std::vector<std::int64_t> ranks(const Picture& picture) {
  std::vector<std::int64_t> rank(picture.nodes.size(), 0);
  for (const PictureEdge& e : picture.edges)
    if (!picture.nodes[e.to].flows_up && !e.moves_on)
      rank[e.to] = std::max(rank[e.to], rank[e.from] + 1);
  for (const PictureTie& t : picture.ties) rank[t.to] = std::max(rank[t.to], rank[t.from]);
  for (std::size_t i = picture.edges.size(); i-- > 0;)
    if (const PictureEdge& e = picture.edges[i]; picture.is_turned(e))
      rank[e.from] = std::max(rank[e.from], rank[e.to] + 1);
  return rank;
}

}  // namespace

std::vector<Layout> lay_out(const std::vector<Picture>& pictures, const DiagramOptions& options) {
  std::string text;
  for (const Picture& picture : pictures) {
    check_layout_budget(picture, options);
    text += dot_text(picture, options);
  }
  // -y: y grows downwards.
  std::istringstream in(run_dot(text, {"-Tjson", "-y"}, options.time_limit));
  std::vector<Layout> layouts;
  try {
    for (const Picture& picture : pictures) {
      Json json;
      in >> json;
      layouts.push_back(read_layout(json, picture));
    }
    return layouts;
  } catch (const Json::exception&) {
  } catch (const std::out_of_range&) {
  }
  throw FileError("diagram: dot made no layout");
}

std::int64_t layout_size(const Picture& picture, const DiagramOptions& options) {
  constexpr std::int64_t far = std::numeric_limits<std::int64_t>::max();
  const std::vector<std::int64_t> rank = ranks(picture);
  std::vector<std::int64_t> first_reader(picture.nodes.size(), far);
  // A source stands just above its first reader.
  for (const PictureEdge& e : picture.edges)
    if (!picture.nodes[e.to].flows_up)
      first_reader[e.from] = std::min(first_reader[e.from], rank[e.to]);
  std::int64_t crossed = 0;
  for (const PictureEdge& e : picture.edges) {
    const bool is_source = rank[e.from] == 0 && first_reader[e.from] != far;
    crossed += std::abs(rank[e.to] - (is_source ? first_reader[e.from] - 1 : rank[e.from]));
  }
  return std::ssize(picture.nodes) + (options.shows_shapes ? 2 : 1) * crossed;
}

void check_layout_budget(const Picture& picture, const DiagramOptions& options) {
  const std::int64_t size = layout_size(picture, options);
  if (size > options.layout_budget)
    throw GraphError(fmt::format(
        "diagram: {} nodes, with arrows over {} ranks, exceed the layout budget of {}: write .dot, "
        "leave the shapes out, or draw a tensor with fewer ancestors",
        picture.nodes.size(), size - std::ssize(picture.nodes), options.layout_budget));
  if (picture.depth() > deepest)
    throw GraphError(fmt::format("diagram: name scopes are {} deep, at most {} can be drawn",
                                 picture.depth(), deepest));
}

Picture picture_within_budget(const PictureMaker& make, const DiagramOptions& options) {
  Picture whole = make(options);
  if (is_within_budget(whole, options)) return whole;
  DiagramOptions smaller = options;
  smaller.collapses_gradients = true;
  smaller.collapsed_scopes.emplace_back();
  const std::string reason = fmt::format("{} nodes are more than the layout budget of {}",
                                         whole.nodes.size(), options.layout_budget);
  for (std::size_t depth = std::min(whole.depth(), deepest); depth > 0; --depth) {
    smaller.collapsed_scopes.back() = scopes_of_depth(depth);
    Picture picture = make(smaller);
    if (!is_within_budget(picture, smaller)) continue;
    picture.note = "Scopes are boxes: " + reason;
    return picture;
  }
  check_layout_budget(whole, options);
  return whole;
}

}  // namespace gradus
