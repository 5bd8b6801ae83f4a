// Where elements lie in dense arrays.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <gradus/shape.h>

namespace gradus {

using Strides = std::array<std::int64_t, max_rank>;

// The step of each axis of a dense row-major array, in elements.
inline Strides strides_of(const Shape& x) {
  Strides strides{};
  std::int64_t stride = 1;
  for (std::int64_t i = x.rank(); i-- > 0; stride *= x[i])
    strides[static_cast<std::size_t>(i)] = stride;
  return strides;
}

inline std::span<const std::int64_t> sizes(const Shape& x) { return {x.begin(), x.end()}; }
inline std::span<const std::int64_t> first(const Strides& strides, std::int64_t rank) {
  return std::span(strides).first(static_cast<std::size_t>(rank));
}

// The extent before, along and after one axis of a known shape: rows [outer, :, inner].
struct AroundAxis {
  std::int64_t outer = 1, n = 1, inner = 1;
  AroundAxis(const Shape& x, std::int64_t along) : n(x[along]) {
    for (std::int64_t i = 0; i < x.rank(); ++i)
      if (i != along) (i < along ? outer : inner) *= x[i];
  }
  std::int64_t rows() const { return outer * inner; }
};

inline const std::byte* at_element(const void* x, std::int64_t element, std::size_t bytes) {
  return static_cast<const std::byte*>(x) + element * static_cast<std::int64_t>(bytes);
}
inline std::byte* at_element(void* x, std::int64_t element, std::size_t bytes) {
  return static_cast<std::byte*>(x) + element * static_cast<std::int64_t>(bytes);
}

}  // namespace gradus
