// What optimizers and callbacks say of an option out of its range.
#pragma once

#include <string_view>

#include "core/throw_at.h"

namespace gradus {

// GraphError "adam: beta_1 must be in [0, 1), got 1" unless is_right.
inline void check_option(std::string_view owner, std::string_view name, double value, bool is_right,
                         std::string_view range, SourceLocation where) {
  if (!is_right)
    throw_at<GraphError>(where, "{}: {} must be {}, got {}", owner, name, range, value);
}

}  // namespace gradus
