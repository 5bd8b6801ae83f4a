// Where a page's nodes stand: groups of nodes by name scopes, and a drawing of each group.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "page_graph.h"
#include "viz/diagrams/layout.h"

namespace gradus {

inline constexpr std::size_t no_group = std::numeric_limits<std::size_t>::max();

// A name scope; or, in a scope of many nodes, some that follow each other.
struct PageGroup {
  std::string label;
  std::size_t parent = no_group;
};

// A box is that of a node, or of a closed group.
struct PageBox {
  bool is_group;
  std::size_t number;
  LayoutBox box;
};

struct PageArrow {
  std::size_t from, to;            // places in PageView::boxes
  std::vector<LayoutPoint> curve;  // as LayoutEdge's, the tip after it
};

struct PageFrame {
  std::size_t group;
  LayoutBox box;
};

struct PageView {
  std::size_t group = no_group;  // whose inside it is
  double width = 0, height = 0;
  std::vector<PageBox> boxes;
  std::vector<PageArrow> arrows;
  std::vector<PageFrame> frames;
};

// A graph of few nodes has one view with all groups open; one of many has a view of its groups, and
// one of the inside of each.
struct PageViews {
  std::vector<PageGroup> groups;
  std::vector<std::size_t> group_of;  // of each node
  std::vector<PageView> views;
};

// `labels` decide the size of the nodes' boxes; a node without label has none.
PageViews make_page_views(const PageGraph& page, const std::vector<std::string>& labels);

}  // namespace gradus
