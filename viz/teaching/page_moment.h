// The numbers of one run: values on the way forward, gradients on the way back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <gradus/array.h>

#include "page_graph.h"

namespace gradus {

// The way back. A node's gradient is the sum of what it receives.
struct PageGradients {
  std::vector<std::optional<Array>> of_nodes;
  std::vector<Array> along_ways;
};

// The loss's slope along one element, measured.
struct ElementSlope {
  std::size_t element;
  double slope;
};

struct PageMoment {
  std::int64_t training_step = 0;
  double loss = 0;
  std::vector<Array> values;  // of the nodes
  PageGradients gradients;
  // What comes of `gradient = part` in place of `gradient += part`; nothing where no node receives
  // more than one part.
  std::optional<PageGradients> overwritten;
  std::vector<std::vector<ElementSlope>> slopes;  // of the nodes; see measure_slopes
};

PageMoment record_moment(const PageGraph& page, const Explanation& explanation,
                         std::int64_t training_step, int threads);

}  // namespace gradus
