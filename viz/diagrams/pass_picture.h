// The picture of what a pass did.
#pragma once

#include <cstddef>
#include <vector>

#include <gradus/pass_trace.h>

#include "dot_picture.h"

namespace gradus {

// pass < passes.size().
Picture make_pass_picture(const std::vector<PassTrace>& passes, std::size_t pass,
                          const DiagramOptions& options);

}  // namespace gradus
