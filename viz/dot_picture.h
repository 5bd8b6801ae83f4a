// What a diagram shows: boxes, arrows and frames, before anything is written or laid out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gradus/diagram.h>
#include <gradus/graph_state.h>

namespace gradus {

enum class PictureKind : std::uint8_t {
  placeholder,
  variable,
  constant,
  forward,
  gradient,
  update
};

struct PictureNode {
  NodeId id;
  PictureKind kind;
  std::string label;  // lines
  std::string tooltip;
};

// From a place in Picture::nodes to a later one.
struct PictureEdge {
  std::size_t from, to;
  std::string label;
  bool reads_shape_alone;
};

// Frame 0 is the picture itself; the others stand behind their parent.
struct PictureFrame {
  std::string label;
  std::size_t parent, depth;
  std::vector<std::size_t> frames, nodes;
};

struct Picture {
  std::vector<PictureNode> nodes;  // operands before their readers
  std::vector<PictureEdge> edges;  // in order of readers, then of operands
  std::vector<PictureFrame> frames;
};

// The nodes, in ascending order, and the arrows between them. A scalar constant becomes a node only
// if it is one of `drawn`; else its number stands in its readers.
Picture make_picture(const GraphState& graph, const std::vector<NodeId>& nodes,
                     const std::vector<NodeId>& drawn, const DiagramOptions& options);

}  // namespace gradus
