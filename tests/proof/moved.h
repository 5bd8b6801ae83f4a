// What oracles of shapes have in common: elements in other places.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "proof/value.h"

namespace gradus::proof {

// -1 is the last axis.
std::size_t axis_of(std::int64_t axis, std::size_t rank);

// x's elements in a shape, where one may be -1.
Value in_shape(const Value& x, Indices shape);

// Where on an axis of size n of x the i-th element of y comes from.
using Mapping = std::function<std::int64_t(std::size_t axis, std::int64_t i, std::int64_t n)>;

// y[i] = x[from(axis, i, n)] on each axis, for y of this shape.
Value mapped(const Value& x, const Indices& shape, const Mapping& from);

// The way back: the elements of y added up where `from` leads, for x of this shape; exact but for
// the sums' rounding.
Value summed(const Value& y, const Indices& shape, const Mapping& from);

}  // namespace gradus::proof
