// What part of an axis a panel shows, and where its ticks stand.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <gradus/plot.h>

namespace gradus {

struct Range {
  double low = 0, high = 0;
};

// All that can be drawn with a little room around it, or nothing if nothing can be drawn. With
// equal axes both ranges of a plane are equally long.
std::optional<Range> shown_range(const Plot& panel, std::size_t axis);

// Round numbers, about six.
std::vector<double> few_ticks(const Range& range);

// Labels for a logarithmic axis of few decades, where gnuplot labels the powers of ten alone; none
// above three decades, where these are enough.
std::vector<double> log_ticks(const Range& range);

}  // namespace gradus
