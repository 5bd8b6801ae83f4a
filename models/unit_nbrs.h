// The list of layer sizes that auto-encoders are made from.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <gradus/source_location.h>

namespace gradus {

// GraphError unless there are at least `fewest` (and at most `most`) numbers, all positive;
// ShapeError if no matrix maps one layer to the next.
const std::vector<std::int64_t>& checked_unit_nbrs(const std::vector<std::int64_t>& unit_nbrs,
                                                   std::string_view model, std::size_t fewest,
                                                   std::size_t most, SourceLocation where);

}  // namespace gradus
