#include "page_views.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <set>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include <gradus/diagram.h>

#include "core/one_line.h"
#include "graph/names/names.h"
#include "page_json.h"
#include "viz/diagrams/layout.h"

namespace gradus {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::ptrdiff_t max_ungrouped_nodes = 150;
constexpr std::size_t max_items = 60, part_size = 40;
constexpr std::size_t no_group = std::numeric_limits<std::size_t>::max();

const DiagramOptions options{.shows_shapes = false};

// A name scope; or, in a scope of many nodes, some that follow each other.
struct PageGroup {
  std::string label;
  std::size_t parent = no_group;
};

struct GroupTree {
  // What stands directly in a group: a node, or another group.
  struct Item {
    bool is_group;
    std::size_t number;
  };

  std::vector<PageGroup> groups;
  std::vector<std::size_t> group_of;     // of each node, or no_group
  std::vector<std::vector<Item>> items;  // of each group; of the outermost after them

  std::vector<Item>& items_of(std::size_t group) {
    return group == no_group ? items.back() : items[group];
  }
};

// By the name scopes of the nodes that have a label.
GroupTree group_by_scope(const PageGraph& page, const std::vector<std::string>& labels) {
  GroupTree tree;
  std::unordered_map<std::string, std::size_t> of_path{{"", no_group}};
  for (std::size_t i = 0; i < page.nodes.size(); ++i) {
    std::size_t& group = tree.group_of.emplace_back(no_group);
    if (labels[i].empty()) continue;
    const std::string path = page.graph->names().scope_path(page.node(i).scope);
    for (std::size_t end = 0, begin = 0; !path.empty() && end != path.size(); begin = end + 1) {
      end = std::min(path.find('/', begin), path.size());
      const auto [found, is_new] = of_path.try_emplace(path.substr(0, end), tree.groups.size());
      if (is_new) tree.groups.push_back({one_line(path.substr(begin, end - begin)), group});
      group = found->second;
    }
  }

  tree.items.resize(tree.groups.size() + 1);
  std::vector<bool> is_listed(tree.groups.size());
  for (std::size_t i = 0; i < page.nodes.size(); ++i) {
    if (labels[i].empty()) continue;
    tree.items_of(tree.group_of[i]).push_back({false, i});
    for (std::size_t g = tree.group_of[i]; g != no_group && !is_listed[g];
         g = tree.groups[g].parent) {
      is_listed[g] = true;
      tree.items_of(tree.groups[g].parent).push_back({true, g});
    }
  }
  return tree;
}

// Afterwards no group holds more than a screen shows: what follows each other is put into groups.
void part_large_groups(GroupTree& tree) {
  for (std::size_t g = 0; g < tree.items.size(); ++g) {
    const std::size_t group = g + 1 == tree.items.size() ? no_group : g;
    while (tree.items_of(group).size() > max_items) {
      const std::vector<GroupTree::Item> all = std::move(tree.items_of(group));
      std::vector<GroupTree::Item> parts;
      for (std::size_t first = 0; first < all.size(); first += part_size) {
        const std::size_t part = tree.groups.size(), end = std::min(first + part_size, all.size());
        tree.groups.push_back({fmt::format("part {}", parts.size() + 1), group});
        tree.items.insert(tree.items.end() - 1, {all.begin() + static_cast<std::ptrdiff_t>(first),
                                                 all.begin() + static_cast<std::ptrdiff_t>(end)});
        parts.push_back({true, part});
        for (const GroupTree::Item& item : tree.items[part])
          (item.is_group ? tree.groups[item.number].parent : tree.group_of[item.number]) = part;
      }
      tree.items_of(group) = std::move(parts);
    }
  }
}

Json group_json(std::size_t group) { return group == no_group ? Json() : Json(group); }

// Boxes and arrows of one drawing, before Graphviz places them. A box is that of a node, or of a
// closed group.
class Drawing {
 public:
  Drawing() { picture_.frames.resize(1); }

  std::size_t add_box(bool is_group, std::size_t number, const std::string& label,
                      std::size_t frame = 0) {
    const std::size_t place = picture_.nodes.size();
    picture_.nodes.push_back({NodeId{}, PictureKind::forward, label, ""});
    picture_.frames[frame].nodes.push_back(place);
    boxes_.push_back({{is_group ? "group" : "node", number}});
    return place;
  }
  std::size_t add_frame(std::size_t group, const std::string& label, std::size_t parent) {
    const std::size_t place = picture_.frames.size();
    picture_.frames.push_back({label, parent, picture_.frames[parent].depth + 1, {}, {}});
    picture_.frames[parent].frames.push_back(place);
    frames_.push_back({{"group", group}});
    return place;
  }
  void add_arrow(std::size_t from, std::size_t to, bool is_of_shape) {
    arrows_.push_back({{"from", from}, {"to", to}});
    if (is_of_shape) arrows_.back()["of_shape"] = true;
    picture_.edges.push_back({std::min(from, to), std::max(from, to), "", false});
  }
  // Between groups, which may read each other: an arrow that leads back is laid out the other way
  // round.
  void add_one_arrow(std::size_t from, std::size_t to) {
    if (ends_.emplace(from, to).second) add_arrow(from, to, false);
  }

  const Picture& picture() const { return picture_; }

  // Of the inside of a group.
  Json view(std::size_t group, const Layout& layout) {
    for (std::size_t i = 0; i < boxes_.size(); ++i) boxes_[i]["box"] = box_json(layout.nodes[i]);
    for (std::size_t i = 0; i < frames_.size(); ++i)
      frames_[i]["box"] = box_json(layout.frames[i + 1]);
    for (std::size_t i = 0; i < arrows_.size(); ++i)
      arrows_[i]["curve"] = curve_json(layout.edges[i], arrows_[i]["from"] > arrows_[i]["to"]);
    return {{"group", group_json(group)},       {"width", rounded(layout.width)},
            {"height", rounded(layout.height)}, {"boxes", std::move(boxes_)},
            {"arrows", std::move(arrows_)},     {"frames", std::move(frames_)}};
  }

 private:
  Picture picture_;
  Json boxes_ = Json::array(), arrows_ = Json::array(), frames_ = Json::array();
  std::set<std::pair<std::size_t, std::size_t>> ends_;
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
    for (const auto& [from, is_of_shape] : page.arrows[i])
      if (!labels[from].empty()) drawing.add_arrow(place[from], place[i], is_of_shape);
  }
  return drawing;
}

// One view of each group's items. An arrow is drawn in the innermost group that holds both ends.
Json draw_groups(const PageGraph& page, const GroupTree& tree,
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
    for (const PageArrow& arrow : page.arrows[i]) {
      if (labels[arrow.from].empty() || labels[i].empty()) continue;
      const auto from = chain(arrow.from), to = chain(i);
      const auto [a, b] = std::ranges::mismatch(from, to);
      if (a != from.end() && b != to.end()) drawings[a->first].add_one_arrow(a->second, b->second);
    }

  std::vector<Picture> pictures;
  for (const Drawing& drawing : drawings) pictures.push_back(drawing.picture());
  const std::vector<Layout> layouts = lay_out(pictures, options);
  Json views = Json::array();
  views.push_back(drawings.back().view(no_group, layouts.back()));
  for (std::size_t g = 0; g < group_count; ++g) views.push_back(drawings[g].view(g, layouts[g]));
  return views;
}

}  // namespace

Json views_json(const PageGraph& page, const std::vector<std::string>& labels) {
  GroupTree tree = group_by_scope(page, labels);
  Json views = Json::array(), groups = Json::array(), group_of = Json::array();
  if (std::ssize(labels) - std::ranges::count(labels, "") <= max_ungrouped_nodes) {
    Drawing all = draw_all(page, tree, labels);
    if (layout_size(all.picture(), options) <= max_ranks_on_page)
      views.push_back(all.view(no_group, lay_out({all.picture()}, options)[0]));
  }
  if (views.empty()) {
    part_large_groups(tree);
    views = draw_groups(page, tree, labels);
  }
  for (const PageGroup& group : tree.groups)
    groups.push_back({{"label", group.label}, {"parent", group_json(group.parent)}});
  for (std::size_t group : tree.group_of) group_of.push_back(group_json(group));
  return {
      {"groups", std::move(groups)}, {"group_of", std::move(group_of)}, {"list", std::move(views)}};
}

}  // namespace gradus
