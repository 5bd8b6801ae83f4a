#include "slice_text.h"

#include <cstdint>
#include <limits>

#include <fmt/format.h>

#include <gradus/op/attribute.h>

namespace gradus {

std::vector<std::string> slice_texts(const GraphState& graph, NodeId id) {
  const auto numbers = [&](const auto& key) {
    for (const Attribute& attribute : graph.attributes(id))
      if (attribute.key == &key) return std::get<std::vector<std::int64_t>>(attribute.value);
    return std::vector<std::int64_t>{};
  };
  const auto starts = numbers(attributes::starts), stops = numbers(attributes::stops);
  const auto steps = numbers(attributes::steps);
  // What is left out is the lowest or highest integer.
  const auto place = [](std::int64_t i) {
    using Limits = std::numeric_limits<std::int64_t>;
    return i == Limits::min() || i == Limits::max() ? "" : std::to_string(i);
  };
  std::vector<std::string> slices;
  for (std::size_t axis = 0; axis < starts.size(); ++axis) {
    slices.push_back(place(starts[axis]) + ":" + place(stops[axis]));
    if (steps[axis] != 1) slices.back() += fmt::format(":{}", steps[axis]);
  }
  return slices;
}

}  // namespace gradus
