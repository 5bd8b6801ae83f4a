// What constructors of layers are given.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/throw_at.h"

namespace gradus {

// GraphError "Dense: units must be 1 or more, got 0".
inline std::int64_t checked_size(std::string_view layer, std::string_view name, std::int64_t size,
                                 SourceLocation where) {
  if (size < 1) throw_at<GraphError>(where, "{}: {} must be 1 or more, got {}", layer, name, size);
  return size;
}

}  // namespace gradus
