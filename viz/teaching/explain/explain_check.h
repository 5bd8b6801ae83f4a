// The check of an explanation's gradients by central differences.
#pragma once

#include <cstdint>

#include <gradus/explain.h>

namespace gradus {

// Fills in check and differences of every variable.
void check_by_differences(Explanation& explanation, std::int64_t elements, SourceLocation where);

}  // namespace gradus
