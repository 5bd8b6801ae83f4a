#include "checked_shape.h"

#include <algorithm>
#include <vector>

#include <fmt/ranges.h>

namespace gradus {

Shape checked_shape(std::span<const std::uint64_t> sizes, const FilePlace& place) {
  if (std::ssize(sizes) > max_rank)
    place.refuse<DataError>("{} dimensions, at most {} are possible", sizes.size(), max_rank);
  // As Shape counts: zeros as ones.
  std::uint64_t count = 1;
  for (const std::uint64_t size : sizes)
    if (__builtin_mul_overflow(count, std::max<std::uint64_t>(size, 1), &count) ||
        count > std::uint64_t{max_element_count})
      place.refuse<DataError>("shape [{}] has more than 2^60 elements", fmt::join(sizes, ", "));
  return std::vector<std::int64_t>(sizes.begin(), sizes.end());
}

}  // namespace gradus
