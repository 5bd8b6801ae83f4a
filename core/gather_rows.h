// Rows of an array, for those who know that it has them.
#pragma once

#include <cstdint>
#include <span>

#include <gradus/array.h>

namespace gradus {

// to = the rows of axis 0 with these numbers, in this order. The memory of `to` serves again if its
// shape and dtype are the wanted ones and no other array shares it.
void gather_rows(const Array& from, std::span<const std::int64_t> rows, Array& to,
                 SourceLocation where);

}  // namespace gradus
