// Rules of shape and dtype that many ops share.
#pragma once

#include <bitset>
#include <cstdint>
#include <span>

#include <gradus/axes.h>
#include <gradus/op/op.h>

namespace gradus {

namespace rules {
DType same_number(const Call& f, std::span<const DType> dtypes);
DType all_bool(const Call& f, std::span<const DType> dtypes);
}  // namespace rules

// All operands have one dtype; it is the result's.
inline constexpr auto same_dtype = [](const Call& f, std::span<const DType> dtypes) {
  return rules::same_dtype(f, dtypes);
};
// All operands have one dtype, not bool; it is the result's.
inline constexpr auto same_number = [](const Call& f, std::span<const DType> dtypes) {
  return rules::same_number(f, dtypes);
};
// Numbers of one dtype are compared.
inline constexpr auto bool_of_numbers = [](const Call& f, std::span<const DType> dtypes) {
  rules::same_number(f, dtypes);
  return boolean;
};
// Truth values.
inline constexpr auto all_bool = [](const Call& f, std::span<const DType> dtypes) {
  return rules::all_bool(f, dtypes);
};
// The result has the first operand's dtype; the others matter in nothing but their shape.
inline constexpr auto first_dtype = [](std::span<const DType> dtypes) { return dtypes[0]; };
// The gradient rule of an operand whose derivative is 1.
inline constexpr auto upstream = [](std::span<const Tensor> dy_and_operands) {
  return dy_and_operands[0];
};

// A real number as a float of this dtype holds it: 1e300 is infinite in float32, and 1e-300 is 0.
double rounded_to(DType dtype, double number);

using AxisSet = std::bitset<max_rank>;

// Whether each axis of this rank is meant. Refuses axes out of range or doubled.
AxisSet chosen_axes(const Call& f, const Axes& axes, std::int64_t rank);
// One axis, counted from the end if negative, as 0 .. rank - 1.
std::int64_t chosen_axis(const Call& f, std::int64_t axis, std::int64_t rank);
// Whether the shapes can turn out as one.
bool may_equal(const Shape& a, const Shape& b);
// Refuses an operand whose shape cannot turn out as expected.
void check_fits(const Call& f, std::string_view name, const Shape& found, const Shape& expected);
// Refuses a result of more axes than a Shape has.
void check_rank(const Call& f, std::int64_t rank);
// x without these axes, or with each of them as 1.
Shape reduced_shape(const Call& f, const Shape& x, const Axes& axes, bool keepdims);

}  // namespace gradus
