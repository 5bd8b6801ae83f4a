// The frames of a picture: the scopes that occur, those around them, and the gradients of each op.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "dot_picture.h"

namespace gradus {

// What of a diagram is collapsed into this box, if anything.
struct CollapsedScope {
  std::string path;
  std::size_t frame = 0;  // around the box
};

class PictureFrames {
 public:
  PictureFrames(std::vector<PictureFrame>& frames, const DiagramOptions& options);

  // Of a scope, 0 if scopes are not shown.
  std::size_t of_scope(const GraphState& graph, std::uint32_t scope);
  // The outermost collapsed scope around this one; null if there is none.
  const CollapsedScope* collapsed(const GraphState& graph, std::uint32_t scope);
  // Of the gradients of an op, within the frame of their scope.
  std::size_t of_gradients(const GraphState& graph, std::size_t scope_frame, NodeId origin);

 private:
  struct Place {
    std::size_t frame = 0;
    bool is_collapsed = false;
    CollapsedScope scope = {};
  };
  Place& place_of(const GraphState& graph, std::uint32_t scope);
  Place find(const std::string& path);
  bool is_collapsed(const std::string& path) const;
  std::size_t add(std::size_t parent, std::string label, bool is_of_gradients);

  std::vector<PictureFrame>& frames_;
  const DiagramOptions& options_;
  std::unordered_map<std::string, std::size_t> of_path_;
  std::unordered_map<std::uint32_t, Place> of_scope_;
  std::unordered_map<std::uint64_t, std::size_t> of_origin_;
};

}  // namespace gradus
