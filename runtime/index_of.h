// The index of an element, from its place in row-major order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <gradus/shape.h>

namespace gradus {

inline std::vector<std::int64_t> index_of(std::size_t element, const Shape& shape) {
  std::vector<std::int64_t> index(static_cast<std::size_t>(shape.rank()));
  auto rest = static_cast<std::int64_t>(element);
  for (std::int64_t axis = shape.rank(); axis-- > 0; rest /= shape[axis])
    index[static_cast<std::size_t>(axis)] = rest % shape[axis];
  return index;
}

}  // namespace gradus
