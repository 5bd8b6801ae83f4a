#include "layout.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "dot_text.h"
#include "graphviz_layout.h"
#include "layout_budget.h"

namespace gradus {
namespace {

// The place that ends a name in the DOT text: "n12", "cluster_3".
std::size_t number_in(std::string_view name) {
  const std::size_t first = name.find_first_of("0123456789");
  std::size_t number = 0;
  std::from_chars(name.data() + first, name.data() + name.size(), number);
  return number;
}

class Reader {
 public:
  Reader(Agraph_t* graph, const Picture& picture) : graph_(graph), box_(GD_bb(graph)) {
    layout_.width = box_.UR.x - box_.LL.x;
    layout_.height = box_.UR.y - box_.LL.y;
    layout_.nodes.resize(picture.nodes.size());
    layout_.frames.resize(picture.frames.size());
    layout_.edges.resize(picture.edges.size());
    layout_.ties.resize(picture.ties.size());
  }

  Layout read() {
    read_frames();
    for (Agnode_t* n = agfstnode(graph_); n != nullptr; n = agnxtnode(graph_, n)) {
      constexpr double per_inch = 72;
      layout_.nodes[number_in(agnameof(n))] = {point(ND_coord(n)), ND_width(n) * per_inch,
                                               ND_height(n) * per_inch};
      for (Agedge_t* e = agfstout(graph_, n); e != nullptr; e = agnxtout(graph_, e)) read_edge(e);
    }
    return std::move(layout_);
  }

 private:
  LayoutPoint point(pointf p) const { return {p.x - box_.LL.x, box_.UR.y - p.y}; }

  LayoutBox box(boxf b) const {
    return {point({(b.LL.x + b.UR.x) / 2, (b.LL.y + b.UR.y) / 2}), b.UR.x - b.LL.x,
            b.UR.y - b.LL.y};
  }

  void read_frames() {
    layout_.frames[0] = box(box_);
    std::vector<Agraph_t*> open{graph_};
    while (!open.empty()) {
      Agraph_t* const outer = open.back();
      open.pop_back();
      for (int i = 1; i <= GD_n_cluster(outer); ++i) {  // Graphviz counts them from 1
        Agraph_t* const frame = GD_clust(outer)[i];
        layout_.frames[number_in(agnameof(frame))] = box(GD_bb(frame));
        open.push_back(frame);
      }
    }
  }

  // Edges are numbered in the order in which the text declares them, ties last.
  void read_edge(Agedge_t* e) {
    const std::size_t number = AGSEQ(e) - 1, edges = layout_.edges.size();
    LayoutEdge& edge = number < edges ? layout_.edges[number] : layout_.ties[number - edges];
    if (const textlabel_t* label = ED_label(e); label != nullptr && label->set != 0)
      edge.label = point(label->pos);
    const splines* const lines = ED_spl(e);
    if (lines == nullptr || lines->size == 0) return;
    const bezier& line = lines->list[0];
    for (int i = 0; i < line.size; ++i) edge.curve.push_back(point(line.list[i]));
    const bool is_turned = line.sflag != 0;  // in the backward half
    if (is_turned) std::ranges::reverse(edge.curve);
    edge.tip = is_turned ? point(line.sp) : line.eflag != 0 ? point(line.ep) : edge.curve.back();
  }

  Agraph_t* graph_;
  boxf box_;
  Layout layout_;
};

}  // namespace

Layout lay_out(const Picture& picture, const DiagramOptions& options) {
  check_layout_budget(picture, options);
  Layout layout;
  with_layout(dot_text(picture, options),
              [&](const LaidOut& laid_out) { layout = Reader(laid_out.graph(), picture).read(); });
  return layout;
}

}  // namespace gradus
