#include "page_views.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <gradus/diagram.h>

#include "page_groups.h"
#include "viz/diagrams/layout.h"

namespace gradus {
namespace {

constexpr std::size_t max_ungrouped_nodes = 150;

const DiagramOptions options{.shows_shapes = false};

// Boxes and arrows of one drawing, before Graphviz places them.
class Drawing {
 public:
  Drawing() { picture_.frames.resize(1); }

  std::size_t add_box(bool is_group, std::size_t number, const std::string& label,
                      std::size_t frame = 0) {
    const std::size_t place = picture_.nodes.size();
    picture_.nodes.push_back({NodeId{}, PictureKind::forward, label, ""});
    picture_.frames[frame].nodes.push_back(place);
    view_.boxes.push_back({is_group, number, {}});
    return place;
  }
  std::size_t add_frame(std::size_t group, const std::string& label, std::size_t parent) {
    const std::size_t place = picture_.frames.size();
    picture_.frames.push_back({label, parent, picture_.frames[parent].depth + 1, {}, {}});
    picture_.frames[parent].frames.push_back(place);
    view_.frames.push_back({group, {}});
    return place;
  }
  // One arrow between two boxes. Groups may read each other: an arrow that leads back is laid out
  // the other way round.
  void add_arrow(std::size_t from, std::size_t to) {
    if (!arrows_.emplace(from, to).second) return;
    view_.arrows.push_back({from, to, {}});
    picture_.edges.push_back({std::min(from, to), std::max(from, to), "", false});
  }

  const Picture& picture() const { return picture_; }

  PageView view(std::size_t group, const Layout& layout) {
    view_.group = group;
    view_.width = layout.width;
    view_.height = layout.height;
    for (std::size_t i = 0; i < view_.boxes.size(); ++i) view_.boxes[i].box = layout.nodes[i];
    for (std::size_t i = 0; i < view_.frames.size(); ++i)
      view_.frames[i].box = layout.frames[i + 1];
    for (std::size_t i = 0; i < view_.arrows.size(); ++i) {
      PageArrow& arrow = view_.arrows[i];
      arrow.curve = layout.edges[i].curve;
      arrow.curve.push_back(layout.edges[i].tip);
      if (arrow.from > arrow.to) std::ranges::reverse(arrow.curve);
    }
    return std::move(view_);
  }

 private:
  Picture picture_;
  PageView view_;
  std::set<std::pair<std::size_t, std::size_t>> arrows_;
};

// All nodes, with frames around the groups.
Drawing draw_all(const PageGraph& page, const GroupTree& tree,
                 const std::vector<std::string>& labels) {
  Drawing drawing;
  std::vector<std::size_t> frame_of(tree.groups.size()), place(page.nodes.size());
  for (std::size_t g = 0; g < tree.groups.size(); ++g) {
    const std::size_t parent = tree.groups[g].parent;
    frame_of[g] =
        drawing.add_frame(g, tree.groups[g].label, parent == no_group ? 0 : frame_of[parent]);
  }
  for (std::size_t i = 0; i < page.nodes.size(); ++i) {
    if (labels[i].empty()) continue;
    const std::size_t group = tree.group_of[i];
    place[i] = drawing.add_box(false, i, labels[i], group == no_group ? 0 : frame_of[group]);
    for (std::size_t operand : page.operands[i])
      if (!labels[operand].empty()) drawing.add_arrow(place[operand], place[i]);
  }
  return drawing;
}

// One view of each group's items. An arrow is drawn in the innermost group that holds both ends.
std::vector<PageView> draw_groups(const PageGraph& page, const GroupTree& tree,
                                  const std::vector<std::string>& labels) {
  const std::size_t group_count = tree.groups.size();
  std::vector<Drawing> drawings(group_count + 1);  // the outermost last
  std::vector<std::size_t> place_of_node(page.nodes.size()), place_of_group(group_count);
  for (std::size_t g = 0; g <= group_count; ++g)
    for (const GroupTree::Item& item : tree.items[g]) {
      const std::string& label =
          item.is_group ? tree.groups[item.number].label + "\n00000 ops" : labels[item.number];
      (item.is_group ? place_of_group : place_of_node)[item.number] =
          drawings[g].add_box(item.is_group, item.number, label);
    }

  const auto chain = [&](std::size_t node) {  // group and place in it, from the outermost in
    std::vector<std::pair<std::size_t, std::size_t>> steps;
    std::size_t group = tree.group_of[node], place = place_of_node[node];
    while (true) {
      steps.emplace_back(group == no_group ? group_count : group, place);
      if (group == no_group) break;
      place = place_of_group[group];
      group = tree.groups[group].parent;
    }
    std::ranges::reverse(steps);
    return steps;
  };
  for (std::size_t i = 0; i < page.nodes.size(); ++i)
    for (std::size_t operand : page.operands[i]) {
      if (labels[operand].empty() || labels[i].empty()) continue;
      const auto from = chain(operand), to = chain(i);
      const auto [a, b] = std::ranges::mismatch(from, to);
      if (a != from.end() && b != to.end()) drawings[a->first].add_arrow(a->second, b->second);
    }

  std::vector<Picture> pictures;
  for (const Drawing& drawing : drawings) pictures.push_back(drawing.picture());
  const std::vector<Layout> layouts = lay_out(pictures, options);
  std::vector<PageView> views{drawings.back().view(no_group, layouts.back())};
  for (std::size_t g = 0; g < group_count; ++g) views.push_back(drawings[g].view(g, layouts[g]));
  return views;
}

}  // namespace

PageViews make_page_views(const PageGraph& page, const std::vector<std::string>& labels) {
  std::vector<bool> is_drawn;
  for (const std::string& label : labels) is_drawn.push_back(!label.empty());
  GroupTree tree = group_by_scope(page, is_drawn);
  const auto drawn = static_cast<std::size_t>(std::ranges::count(is_drawn, true));
  std::vector<PageView> views;
  if (drawn <= max_ungrouped_nodes) {
    Drawing all = draw_all(page, tree, labels);
    if (layout_size(all.picture(), options) <= max_ranks_on_page)
      views.push_back(all.view(no_group, lay_out({all.picture()}, options)[0]));
  }
  if (views.empty()) {
    part_large_groups(tree);
    views = draw_groups(page, tree, labels);
  }
  return {std::move(tree.groups), std::move(tree.group_of), std::move(views)};
}

}  // namespace gradus
