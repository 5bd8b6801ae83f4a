#include "layout_budget.h"

#include <algorithm>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include <gradus/error.h>

namespace gradus {

std::int64_t layout_size(const Picture& picture, const DiagramOptions& options) {
  constexpr std::int64_t far = std::numeric_limits<std::int64_t>::max();
  std::vector<std::int64_t> rank(picture.nodes.size(), 0), first_reader(picture.nodes.size(), far);
  for (const PictureEdge& e : picture.edges) rank[e.to] = std::max(rank[e.to], rank[e.from] + 1);
  // A source stands just above its first reader.
  for (const PictureEdge& e : picture.edges)
    first_reader[e.from] = std::min(first_reader[e.from], rank[e.to]);
  std::int64_t crossed = 0;
  for (const PictureEdge& e : picture.edges)
    crossed += rank[e.to] - (rank[e.from] == 0 ? first_reader[e.from] - 1 : rank[e.from]);
  return std::ssize(picture.nodes) + (options.shows_shapes ? 2 : 1) * crossed;
}

void check_layout_budget(const Picture& picture, const DiagramOptions& options) {
  constexpr std::size_t deepest = 100;
  const std::int64_t size = layout_size(picture, options);
  if (size > options.layout_budget)
    throw GraphError(fmt::format(
        "diagram: {} nodes, with arrows over {} ranks, exceed the layout budget of {}: write .dot, "
        "leave the shapes out, or draw a tensor with fewer ancestors",
        picture.nodes.size(), size - std::ssize(picture.nodes), options.layout_budget));
  const std::size_t depth = std::ranges::max(picture.frames, {}, &PictureFrame::depth).depth;
  if (depth > deepest)
    throw GraphError(
        fmt::format("diagram: name scopes are {} deep, at most {} can be drawn", depth, deepest));
}

}  // namespace gradus
