// What Graphviz is asked to lay out, and what would take it too long.
#pragma once

#include <cstdint>
#include <functional>

#include <gradus/diagram.h>

#include "dot_picture.h"

namespace gradus {

// What Graphviz's time depends on: nodes, plus the ranks that all arrows cross. A label on an arrow
// takes a rank of its own, so that shapes double them.
std::int64_t layout_size(const Picture& picture, const DiagramOptions& options);

// What a page lays out at once, in a fraction of a second.
inline constexpr std::int64_t max_ranks_on_page = 2'500;

// Graphviz's work grows with the square of the size, and its stack with the depth of frames: a
// picture beyond these limits is refused before anybody waits for it. GraphError.
void check_layout_budget(const Picture& picture, const DiagramOptions& options);

// A picture by other options than the given ones.
using PictureMaker = std::function<Picture(const DiagramOptions&)>;

// The picture, with as many gradients and scopes as boxes as it takes to keep the budget, and a
// note that says so. GraphError where even that is too much.
Picture picture_within_budget(const PictureMaker& make, const DiagramOptions& options);

}  // namespace gradus
