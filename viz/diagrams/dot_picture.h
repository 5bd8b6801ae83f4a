// What a diagram shows: boxes, arrows and frames, before anything is written or laid out.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gradus/diagram.h>
#include <gradus/pass_trace.h>
#include <gradus/png.h>

#include "graph/graph_state.h"

namespace gradus {

enum class PictureKind : std::uint8_t {
  placeholder,
  variable,
  constant,
  forward,
  gradient,
  update,
  outside,  // what a selection reads and does not hold
  culprit   // a call that was refused
};

// The mark of a node that a pass changed.
enum class PictureMark : std::uint8_t { none, removed, added, changed };

// A value of a run: what it is, its elements or a summary in a table of rows, and pictures of it.
struct PictureValue {
  std::string caption;
  std::vector<std::vector<std::string>> rows;
  std::vector<Image> images;
};

struct PictureNode {
  NodeId id;  // no_node for collapsed boxes and a culprit
  PictureKind kind;
  std::string label;  // lines
  std::string tooltip;
  // It belongs to the backward half, which flows up: a gradient, an update, or computed from one.
  bool flows_up = false;
  bool is_box = false;  // it stands for a scope, or for the gradients of an op
  PictureMark mark = PictureMark::none;
  std::vector<PictureValue> values = {};
};

// From a producer to its reader.
struct PictureEdge {
  std::size_t from, to;  // places in Picture::nodes
  std::string value;     // "[?, 3]": dtype and shape
  bool reads_shape_alone = false;
  std::string operand = {};    // which one it is, where the order of operands matters
  bool moves_on = false;       // from one repetition to the next
  std::size_t from_frame = 0;  // whose border the arrow begins at; 0: at the node
};

// From an op to a gradient node that differentiates it, which stands beside it.
struct PictureTie {
  std::size_t from, to;
  bool is_drawn;
};

// Frame 0 is the picture itself; the others stand after their parent.
struct PictureFrame {
  std::string label;
  std::size_t parent = 0, depth = 0;
  std::vector<std::size_t> frames = {}, nodes = {};
  bool is_of_gradients = false;  // of one op
};

struct Picture {
  std::vector<PictureNode> nodes;  // operands before their readers, but for collapsed boxes
  std::vector<PictureEdge> edges;  // in order of readers, then of operands
  std::vector<PictureTie> ties;
  std::vector<PictureFrame> frames;
  std::string note = {};  // below the title

  std::size_t depth() const { return std::ranges::max(frames, {}, &PictureFrame::depth).depth; }

  // The backward half flows up: Graphviz takes its arrows the other way round.
  bool is_turned(const PictureEdge& edge) const {
    return nodes[edge.from].flows_up && nodes[edge.to].flows_up;
  }
};

// A graph of so many nodes is collapsed by itself, to about as many boxes as a screen shows.
inline constexpr std::size_t large_graph = 150, most_boxes = 50;

// Whether Node::origin is a node of the same graph, as it is for all but compiled graphs.
enum class Origins : std::uint8_t { are_of_this_graph, are_of_another_graph };

// Scopes that lie so deep, the outermost having depth 1, and deeper: a pattern.
std::string scopes_of_depth(std::size_t depth);

// The nodes, in ascending order, and the arrows between them. A scalar constant becomes a node only
// if it is one of `drawn`; else its number stands in its readers.
Picture make_picture(const GraphState& graph, const std::vector<NodeId>& nodes,
                     const std::vector<NodeId>& drawn, const DiagramOptions& options,
                     Origins origins = Origins::are_of_this_graph);

// Of a call that was refused: what its operands are computed from, and the call with the error's
// message; error.failed_call is not null.
Picture make_culprit_picture(const Error& error, const DiagramOptions& options);

// Of what a pass did; pass < passes.size().
Picture make_pass_picture(const std::vector<PassTrace>& passes, std::size_t pass,
                          const DiagramOptions& options);

}  // namespace gradus
