// Sizes that a file states, before anything is computed from them.
#pragma once

#include <cstdint>
#include <span>

#include <gradus/shape.h>

#include "file_place.h"

namespace gradus {

// DataError if they are more than max_rank, or have more than max_element_count elements.
Shape checked_shape(std::span<const std::uint64_t> sizes, const FilePlace& place);

}  // namespace gradus
