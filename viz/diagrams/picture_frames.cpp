#include "picture_frames.h"

#include <algorithm>

#include "core/one_line.h"
#include "dot_label.h"

namespace gradus {

PictureFrames::PictureFrames(std::vector<PictureFrame>& frames, const DiagramOptions& options)
    : frames_(frames), options_(options) {
  frames_.assign(1, {});
  of_scope_.emplace(PathTree::root, Place{});
}

const PictureFrames::Place& PictureFrames::of_scope(const GraphState& graph, std::uint32_t scope) {
  const PathTree& paths = graph.names().paths();
  std::vector<std::uint32_t> inner;
  for (std::uint32_t path = scope; !of_scope_.contains(path); path = paths.above(path))
    inner.push_back(path);
  for (auto path = inner.rbegin(); path != inner.rend(); ++path)
    of_scope_.emplace(*path, within(of_scope_.at(paths.above(*path)), paths, *path));
  return of_scope_.at(scope);
}

std::size_t PictureFrames::of_gradients(const GraphState& graph, std::size_t scope_frame,
                                        NodeId origin) {
  const std::uint64_t key = scope_frame << 32U | index(origin);
  const auto [found, is_new] = of_origin_.try_emplace(key, 0);
  if (is_new) found->second = add(scope_frame, "gradient of " + short_name(graph, origin), true);
  return found->second;
}

PictureFrames::Place PictureFrames::within(const Place& outer, const PathTree& paths,
                                           std::uint32_t path) {
  if (outer.collapsed_path) return outer;
  if (!options_.collapsed_scopes.empty())
    if (std::string text = paths.text(path); is_collapsed(text)) return {outer.frame, text};
  if (!options_.shows_scopes) return outer;
  return {add(outer.frame, one_line(paths.last_part(path)), false)};
}

bool PictureFrames::is_collapsed(const std::string& path) const {
  const std::string last = path.substr(path.rfind('/') + 1);
  return std::ranges::any_of(options_.collapsed_scopes, [&](const std::string& pattern) {
    return matches(path, pattern) || matches(last, pattern);
  });
}

std::size_t PictureFrames::add(std::size_t parent, std::string label, bool is_of_gradients) {
  const std::size_t frame = frames_.size();
  frames_[parent].frames.push_back(frame);
  frames_.push_back({.label = std::move(label),
                     .parent = parent,
                     .depth = frames_[parent].depth + 1,
                     .is_of_gradients = is_of_gradients});
  return frame;
}

}  // namespace gradus
