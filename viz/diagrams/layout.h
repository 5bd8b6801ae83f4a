// Where Graphviz puts what a picture holds, as numbers: for drawings that Gradus writes itself. And
// what it is asked to lay out, because it would take too long.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <gradus/diagram.h>

#include "dot_picture.h"

namespace gradus {

// In points (1/72 inch), from the top left corner of the drawing: y grows downwards.
struct LayoutPoint {
  double x = 0, y = 0;
};

struct LayoutBox {
  LayoutPoint center;
  double width = 0, height = 0;
};

struct LayoutEdge {
  // Bezier pieces: where the line starts, then three points for each piece (two controls, an end).
  std::vector<LayoutPoint> curve;
  LayoutPoint tip;  // of the arrow head, which starts at the curve's end
};

// Each list is in the order of the Picture's own: box i is that of nodes[i] or frames[i], curve i
// that of edges[i]; it runs from producer to reader, also where values flow up. Frame 0 is the
// whole drawing. Nodes have the size that their label takes in DejaVu Sans (or
// Verdana) of 11 points.
struct Layout {
  double width = 0, height = 0;
  std::vector<LayoutBox> nodes, frames;
  std::vector<LayoutEdge> edges;
};

// One run of Graphviz for all of them, because most of its time it takes to start. GraphError for a
// picture beyond options.layout_budget, and what run_dot() throws.
std::vector<Layout> lay_out(const std::vector<Picture>& pictures, const DiagramOptions& options);

// What Graphviz's time depends on: nodes, plus the ranks that all arrows cross. A label on an arrow
// takes a rank of its own, so that shapes double them.
std::int64_t layout_size(const Picture& picture, const DiagramOptions& options);

// What a page lays out at once, in a fraction of a second.
inline constexpr std::int64_t max_ranks_on_page = 2'500;

// Graphviz's work grows with the square of the size, and its stack with the depth of frames: a
// picture beyond these limits is refused before anybody waits for it. GraphError.
void check_layout_budget(const Picture& picture, const DiagramOptions& options);

// A picture by other options than the given ones.
using PictureMaker = std::function<Picture(const DiagramOptions&)>;

// The picture, with as many gradients and scopes as boxes as it takes to keep the budget, and a
// note that says so. GraphError where even that is too much.
Picture picture_within_budget(const PictureMaker& make, const DiagramOptions& options);

}  // namespace gradus
