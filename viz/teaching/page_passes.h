// The graph before and after the compiler's passes, for the page to compare.
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include <gradus/explain.h>
#include <gradus/session.h>

namespace gradus {

// Of the run that computes the loss and the gradients of the explained variables: the graph after
// each pass that changed it, drawn where it is small enough; what became of each node, and by which
// rule. `feeds` are those of the user's graph.
nlohmann::ordered_json passes_json(const Explanation& explanation, const std::vector<Feed>& feeds);

}  // namespace gradus
