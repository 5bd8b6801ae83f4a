// The tree of a page's groups.
#pragma once

#include <cstddef>
#include <vector>

#include "page_views.h"

namespace gradus {

struct GroupTree {
  // What stands directly in a group: nodes, and other groups.
  struct Item {
    bool is_group;
    std::size_t number;
    std::size_t first_node;  // of all inside
    friend bool operator==(const Item&, const Item&) = default;
  };

  std::vector<PageGroup> groups;
  std::vector<std::size_t> group_of;     // of each node, or no_group
  std::vector<std::vector<Item>> items;  // of each group; of the outermost after them

  std::vector<Item>& items_of(std::size_t group) {
    return group == no_group ? items.back() : items[group];
  }
};

// By the name scopes of the nodes that are drawn.
GroupTree group_by_scope(const PageGraph& page, const std::vector<bool>& is_drawn);

// Afterwards no group holds more than a screen shows: what follows each other is put into groups.
void part_large_groups(GroupTree& tree);

}  // namespace gradus
