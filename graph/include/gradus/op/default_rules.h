// The rules of an op whose record names none: its operands have one shape and one float dtype, and
// so has its result.
#pragma once

#include <optional>
#include <span>

#include <gradus/op/rule.h>

namespace gradus {

// The common shape of two, or nothing if they do not broadcast; ShapeError if it is too large.
std::optional<Shape> broadcast_shape(const Shape& a, const Shape& b);

namespace rules {
Shape same_shape(const Call& f, std::span<const Shape> shapes);
DType same_dtype(const Call& f, std::span<const DType> dtypes);
DType same_float(const Call& f, std::span<const DType> dtypes);
}  // namespace rules

// Element-wise: all operands have one shape, but for numbers (rank 0), which stand everywhere.
inline constexpr auto same_shape = [](const Call& f, std::span<const Shape> shapes) {
  return rules::same_shape(f, shapes);
};
// All operands have one dtype, float32 or float64; it is the result's.
inline constexpr auto same_float = [](const Call& f, std::span<const DType> dtypes) {
  return rules::same_float(f, dtypes);
};

}  // namespace gradus
