#include "picture_frames.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/one_line.h"
#include "dot_label.h"

namespace gradus {

PictureFrames::PictureFrames(std::vector<PictureFrame>& frames, const DiagramOptions& options,
                             const Repeats& repeats)
    : frames_(frames), options_(options), repeats_(repeats) {
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

PictureFrames::Place PictureFrames::of_node(const GraphState& graph, NodeId id) {
  const std::uint32_t scope = graph.node(id).scope;
  Place place = of_scope(graph, scope);
  if (const std::size_t repeat = repeats_.of_node(id, scope);
      repeat != Repeats::none && !place.collapsed_path)
    place.frame = of_repeat(place.frame, repeat);
  return place;
}

std::size_t PictureFrames::of_mirrored_scope(const GraphState& graph, std::size_t gradients_frame,
                                             std::uint32_t scope) {
  if (!options_.shows_scopes) return gradients_frame;
  const PathTree& paths = graph.names().paths();
  std::vector<std::uint32_t> inner;
  const auto key = [&](std::uint32_t path) { return gradients_frame << 32U | path; };
  std::uint32_t path = scope;
  for (; path != PathTree::root && !of_mirrored_.contains(key(path)); path = paths.above(path))
    inner.push_back(path);
  std::size_t frame = path == PathTree::root ? gradients_frame : of_mirrored_.at(key(path));
  for (auto it = inner.rbegin(); it != inner.rend(); ++it)
    of_mirrored_.emplace(key(*it), frame = add(frame, scope_label(paths, *it), false));
  return frame;
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
    if (std::string text = paths.text(path); is_collapsed(text))
      return {outer.frame, text, scope_label(paths, path)};
  const std::size_t repeat = repeats_.of_scope(path);
  const bool is_all = repeat != Repeats::none && repeats_.all()[repeat].only_scope == path;
  const std::size_t frame = repeat == Repeats::none || (is_all && options_.shows_scopes)
                                ? outer.frame
                                : of_repeat(outer.frame, repeat);
  if (!options_.shows_scopes) return {frame};
  return {add(frame, scope_label(paths, path), false)};
}

std::string PictureFrames::scope_label(const PathTree& paths, std::uint32_t path) const {
  std::string label = one_line(paths.last_part(path));
  const std::size_t number = repeats_.of_scope(path);
  if (number == Repeats::none || repeats_.all()[number].only_scope != path) return label;
  const Repeat& repeat = repeats_.all()[number];
  return fmt::format("{} \u2026 {}  \u00d7 {}", label, one_line(paths.last_part(repeat.last_scope)),
                     repeat.times);
}

std::size_t PictureFrames::of_repeat(std::size_t frame, std::size_t repeat) {
  const auto [found, is_new] = of_repeat_.try_emplace(repeat, 0);
  if (is_new)
    found->second = add(frame, fmt::format("\u00d7 {}", repeats_.all()[repeat].times), false);
  return found->second;
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
