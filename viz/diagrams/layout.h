// Where Graphviz puts what a picture holds, as numbers: for drawings that Gradus writes itself.
//
//   const Picture picture = make_picture(graph, nodes, drawn, options);
//   const Layout layout = lay_out({picture}, options)[0];
//   layout.nodes[i]                  // the box of picture.nodes[i], whose .id is the NodeId
#pragma once

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

}  // namespace gradus
