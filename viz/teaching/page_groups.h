// The tree of a page's groups.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "page_graph.h"

namespace gradus {

inline constexpr std::size_t no_group = std::numeric_limits<std::size_t>::max();

// A name scope; or, in a scope of many nodes, some that follow each other.
struct PageGroup {
  std::string label;
  std::size_t parent = no_group;
};

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

// By the name scopes of the nodes that have a label.
GroupTree group_by_scope(const PageGraph& page, const std::vector<std::string>& labels);

// Afterwards no group holds more than a screen shows: what follows each other is put into groups.
void part_large_groups(GroupTree& tree);

}  // namespace gradus
