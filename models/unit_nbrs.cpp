#include "unit_nbrs.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/shape.h>

#include "core/throw_at.h"

namespace gradus {

const std::vector<std::int64_t>& checked_unit_nbrs(const std::vector<std::int64_t>& unit_nbrs,
                                                   std::string_view model, std::size_t fewest,
                                                   std::size_t most, SourceLocation where) {
  const bool has_right_length = unit_nbrs.size() >= fewest && unit_nbrs.size() <= most;
  if (!has_right_length || std::ranges::min(unit_nbrs) < 1)
    throw_at<GraphError>(
        where, "{}: unit_nbrs must be {} positive numbers, inputs first: [{}]", model,
        fewest == most ? fmt::format("{}", fewest) : fmt::format("{} or more", fewest),
        fmt::join(unit_nbrs, ", "));
  // Refuses matrices that are too large.
  for (std::size_t k = 1; k < unit_nbrs.size(); ++k) Shape({unit_nbrs[k], unit_nbrs[k - 1]}, where);
  return unit_nbrs;
}

}  // namespace gradus
