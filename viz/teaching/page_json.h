// The data of a page, as its scripts read them.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "page_moment.h"
#include "page_tensors.h"
#include "page_views.h"

namespace gradus {

// Words of the nodes: name, op, formula, rules.
nlohmann::ordered_json nodes_json(const PageGraph& page, const Explanation& explanation);
nlohmann::ordered_json ways_json(const PageGraph& page, const Explanation& explanation);
nlohmann::ordered_json views_json(const PageViews& views);
// Numbers, as places among the tensors, which grow.
nlohmann::ordered_json moment_json(const PageMoment& moment, PageTensors& tensors);

// Names may hold anything, "</script>" too: no byte of the result ends a script element, and bytes
// that are no UTF-8 become U+FFFD.
std::string script_text(const nlohmann::ordered_json& json);

}  // namespace gradus
