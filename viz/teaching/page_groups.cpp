#include "page_groups.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "core/one_line.h"
#include "graph/names.h"

namespace gradus {
namespace {

constexpr std::size_t max_items = 60, part_size = 40;

class Scopes {
 public:
  explicit Scopes(GroupTree& tree) : tree_(tree) { of_path_.emplace("", no_group); }

  std::size_t of(const std::string& path) {
    std::size_t group = no_group;
    for (std::size_t end = 0, begin = 0; !path.empty() && end != path.size(); begin = end + 1) {
      end = std::min(path.find('/', begin), path.size());
      const auto [found, is_new] = of_path_.try_emplace(path.substr(0, end), tree_.groups.size());
      if (is_new) tree_.groups.push_back({one_line(path.substr(begin, end - begin)), group});
      group = found->second;
    }
    return group;
  }

 private:
  GroupTree& tree_;
  std::unordered_map<std::string, std::size_t> of_path_;
};

}  // namespace

GroupTree group_by_scope(const PageGraph& page, const std::vector<std::string>& labels) {
  GroupTree tree;
  Scopes scopes(tree);
  for (std::size_t i = 0; i < page.nodes.size(); ++i)
    tree.group_of.push_back(labels[i].empty()
                                ? no_group
                                : scopes.of(page.graph->names().scope_path(page.node(i).scope)));

  tree.items.resize(tree.groups.size() + 1);
  std::vector<bool> is_listed(tree.groups.size());
  for (std::size_t i = 0; i < page.nodes.size(); ++i) {
    if (labels[i].empty()) continue;
    tree.items_of(tree.group_of[i]).push_back({false, i, i});
    for (std::size_t g = tree.group_of[i]; g != no_group && !is_listed[g];
         g = tree.groups[g].parent) {
      is_listed[g] = true;
      tree.items_of(tree.groups[g].parent).push_back({true, g, i});
    }
  }
  return tree;
}

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
        parts.push_back({true, part, all[first].first_node});
        for (const GroupTree::Item& item : tree.items[part])
          (item.is_group ? tree.groups[item.number].parent : tree.group_of[item.number]) = part;
      }
      tree.items_of(group) = std::move(parts);
    }
  }
}

}  // namespace gradus
