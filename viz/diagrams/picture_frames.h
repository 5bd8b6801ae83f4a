// The frames of a picture: the scopes that occur, those around them, the same scopes once more
// around the gradients of what is in them, the gradients of each op, and what is repeated.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/repeats.h"
#include "dot_picture.h"

namespace gradus {

class PictureFrames {
 public:
  struct Place {
    std::size_t frame = 0;
    // Of the outermost collapsed scope, whose box is in the frame; nothing if there is none.
    std::optional<std::string> collapsed_path = {};
    std::string collapsed_label = {};
  };

  PictureFrames(std::vector<PictureFrame>& frames, const DiagramOptions& options,
                const Repeats& repeats);

  // Frame 0 if scopes are not shown.
  const Place& of_scope(const GraphState& graph, std::uint32_t scope);
  // Of a drawn node, in the repeat that it is an item of.
  Place of_node(const GraphState& graph, NodeId id);
  // Of the gradients of what is in a scope, within the frame of theirs: "gradients/encoder/dense".
  std::size_t of_mirrored_scope(const GraphState& graph, std::size_t gradients_frame,
                                std::uint32_t scope);
  // Of the gradients of an op, within the mirrored frame of its scope.
  std::size_t of_gradients(const GraphState& graph, std::size_t scope_frame, NodeId origin);

 private:
  // Of a scope in one whose place is known.
  Place within(const Place& outer, const PathTree& paths, std::uint32_t path);
  std::size_t of_repeat(std::size_t frame, std::size_t repeat);
  std::string scope_label(const PathTree& paths, std::uint32_t path) const;
  bool is_collapsed(const std::string& path) const;
  std::size_t add(std::size_t parent, std::string label, bool is_of_gradients);

  std::vector<PictureFrame>& frames_;
  const DiagramOptions& options_;
  const Repeats& repeats_;
  std::unordered_map<std::uint32_t, Place> of_scope_;
  std::unordered_map<std::uint64_t, std::size_t> of_origin_, of_mirrored_;  // by frame and number
  std::unordered_map<std::size_t, std::size_t> of_repeat_;
};

}  // namespace gradus
