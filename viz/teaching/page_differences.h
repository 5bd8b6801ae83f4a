// Gradients measured: the loss moved by small steps of single elements, computed in float64.
#pragma once

#include <vector>

#include "page_moment.h"

namespace gradus {

// For each node with a gradient, some elements: all of a small one, those of the largest gradients
// of a large one. Nothing for nodes whose way to the loss cannot be computed in float64, and, in
// large graphs, for those far from the loss.
std::vector<std::vector<ElementSlope>> measure_slopes(const PageGraph& page,
                                                      const PageMoment& moment);

}  // namespace gradus
