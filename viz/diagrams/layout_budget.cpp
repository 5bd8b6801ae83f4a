#include "layout_budget.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include <gradus/error.h>

namespace gradus {

namespace {

constexpr std::size_t deepest = 100;  // frame in a frame

std::size_t depth_of(const Picture& picture) {
  return std::ranges::max(picture.frames, {}, &PictureFrame::depth).depth;
}

bool is_within_budget(const Picture& picture, const DiagramOptions& options) {
  return layout_size(picture, options) <= options.layout_budget && depth_of(picture) <= deepest;
}

// Of the scopes that lie so deep, the outermost having depth 1, and deeper.
std::string scopes_of_depth(std::size_t depth) {
  std::string pattern = "*";
  for (std::size_t i = 1; i < depth; ++i) pattern += "/*";
  return pattern;
}

// Where Graphviz puts what: the longest way to it, along arrows down the forward half, and against
// them up the backward half, which begins beside the op that it differentiates.
std::vector<std::int64_t> ranks(const Picture& picture) {
  std::vector<std::int64_t> rank(picture.nodes.size(), 0);
  const auto flows_up = [&](std::size_t node) { return picture.nodes[node].flows_up; };
  for (const PictureEdge& e : picture.edges)
    if (!flows_up(e.to)) rank[e.to] = std::max(rank[e.to], rank[e.from] + 1);
  for (const PictureTie& t : picture.ties) rank[t.to] = std::max(rank[t.to], rank[t.from]);
  for (std::size_t i = picture.edges.size(); i-- > 0;) {
    const PictureEdge& e = picture.edges[i];
    if (flows_up(e.from) && flows_up(e.to)) rank[e.from] = std::max(rank[e.from], rank[e.to] + 1);
  }
  return rank;
}

}  // namespace

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
  if (depth_of(picture) > deepest)
    throw GraphError(fmt::format("diagram: name scopes are {} deep, at most {} can be drawn",
                                 depth_of(picture), deepest));
}

Picture picture_within_budget(const PictureMaker& make, const DiagramOptions& options) {
  Picture whole = make(options);
  if (is_within_budget(whole, options)) return whole;
  DiagramOptions smaller = options;
  smaller.collapses_gradients = true;
  smaller.collapsed_scopes.emplace_back();
  const std::string reason = fmt::format("{} nodes are more than the layout budget of {}",
                                         whole.nodes.size(), options.layout_budget);
  for (std::size_t depth = std::min(depth_of(whole), deepest); depth > 0; --depth) {
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
