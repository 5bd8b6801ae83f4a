#include "picture_frames.h"

#include <algorithm>

#include "core/one_line.h"
#include "dot_label.h"

namespace gradus {

PictureFrames::PictureFrames(std::vector<PictureFrame>& frames, const DiagramOptions& options)
    : frames_(frames), options_(options) {
  frames_.assign(1, {});
  of_path_.emplace("", 0);
}

const PictureFrames::Place& PictureFrames::of_scope(const GraphState& graph, std::uint32_t scope) {
  const auto [found, is_new] = of_scope_.try_emplace(scope);
  if (is_new) found->second = find(graph.names().scope_path(scope));
  return found->second;
}

std::size_t PictureFrames::of_gradients(const GraphState& graph, std::size_t scope_frame,
                                        NodeId origin) {
  const std::uint64_t key = scope_frame << 32U | index(origin);
  const auto [found, is_new] = of_origin_.try_emplace(key, 0);
  if (is_new) found->second = add(scope_frame, "gradient of " + short_name(graph, origin), true);
  return found->second;
}

PictureFrames::Place PictureFrames::find(const std::string& path) {
  Place place;
  for (std::size_t end = 0, begin = 0; !path.empty() && end != path.size(); begin = end + 1) {
    end = std::min(path.find('/', begin), path.size());
    const std::string outer = path.substr(0, end);
    if (is_collapsed(outer)) return {place.frame, outer};
    if (!options_.shows_scopes) continue;
    const auto [found, is_new] = of_path_.try_emplace(outer, frames_.size());
    if (is_new) add(place.frame, one_line(path.substr(begin, end - begin)), false);
    place.frame = found->second;
  }
  return place;
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
