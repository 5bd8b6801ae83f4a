// The data of a page, as its scripts read them.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "page_graph.h"
#include "viz/diagrams/layout.h"

namespace gradus {

// Words of the nodes: name, op, formula, rules.
nlohmann::ordered_json nodes_json(const PageGraph& page, const Explanation& explanation);
nlohmann::ordered_json ways_json(const PageGraph& page, const Explanation& explanation);

// Points to a tenth: less cannot be seen.
double rounded(double points);
// Center, width and height.
nlohmann::ordered_json box_json(const LayoutBox& box);
// The curve and its tip, from the other end if it is turned.
nlohmann::ordered_json curve_json(const LayoutEdge& edge, bool is_turned = false);

// Names may hold anything, "</script>" too: no byte of the result ends a script element, and bytes
// that are no UTF-8 become U+FFFD.
std::string script_text(const nlohmann::ordered_json& json);

}  // namespace gradus
