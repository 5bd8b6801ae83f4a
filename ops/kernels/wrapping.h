// Sums of elements; integers wrap, and bools are never summed.
#pragma once

#include <concepts>
#include <type_traits>

#include <gradus/dtype.h>

namespace gradus {

template <Element T>
T wrapping_sum(T a, T b) {
  if constexpr (std::floating_point<T>) {
    return a + b;
  } else if constexpr (std::same_as<T, bool>) {
    return a || b;
  } else {
    using Unsigned = std::make_unsigned_t<T>;
    return static_cast<T>(static_cast<Unsigned>(a) + static_cast<Unsigned>(b));
  }
}

}  // namespace gradus
