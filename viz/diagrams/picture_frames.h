// The frames of a picture: the scopes that occur, those around them, and the gradients of each op.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "dot_picture.h"

namespace gradus {

class PictureFrames {
 public:
  struct Place {
    std::size_t frame = 0;
    // Of the outermost collapsed scope, whose box is in the frame; nothing if there is none.
    std::optional<std::string> collapsed_path = {};
  };

  PictureFrames(std::vector<PictureFrame>& frames, const DiagramOptions& options);

  // Frame 0 if scopes are not shown.
  const Place& of_scope(const GraphState& graph, std::uint32_t scope);
  // Of the gradients of an op, within the frame of their scope.
  std::size_t of_gradients(const GraphState& graph, std::size_t scope_frame, NodeId origin);

 private:
  // Of a scope in one whose place is known.
  Place within(const Place& outer, const PathTree& paths, std::uint32_t path);
  bool is_collapsed(const std::string& path) const;
  std::size_t add(std::size_t parent, std::string label, bool is_of_gradients);

  std::vector<PictureFrame>& frames_;
  const DiagramOptions& options_;
  std::unordered_map<std::uint32_t, Place> of_scope_;
  std::unordered_map<std::uint64_t, std::size_t> of_origin_;
};

}  // namespace gradus
