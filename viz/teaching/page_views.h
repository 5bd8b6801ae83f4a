// Where a page's nodes stand: groups of nodes by name scopes, and a drawing of each group.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "page_graph.h"

namespace gradus {

// A graph of few nodes has one view with all groups open; one of many has a view of its groups, and
// one of the inside of each. `labels` decide the size of the nodes' boxes; a node without label has
// none.
nlohmann::ordered_json views_json(const PageGraph& page, const std::vector<std::string>& labels);

}  // namespace gradus
