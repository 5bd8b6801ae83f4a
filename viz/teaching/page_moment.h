// The numbers of one run: values on the way forward, gradients on the way back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <nlohmann/json.hpp>

#include "page_graph.h"
#include "page_tensors.h"

namespace gradus {

// With numbers as places among the tensors, which grow.
nlohmann::ordered_json moment_json(const PageGraph& page, const Explanation& explanation,
                                   std::int64_t training_step, int threads, PageTensors& tensors);

// The loss's slope along one element, measured by small steps in float64.
struct ElementSlope {
  std::size_t element;
  double slope;
};

// For each node with a gradient, some elements: all of a small one, those of the largest gradients
// of a large one. Nothing for nodes whose way to the loss cannot be computed in float64, and, in
// large graphs, for those far from the loss.
std::vector<std::vector<ElementSlope>> measure_slopes(const PageGraph& page,
                                                      const Explanation& explanation);

}  // namespace gradus
