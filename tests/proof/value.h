// Value: an array of the oracles. It shares no code with arrays, kernels or Eigen.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace gradus::proof {

// Holds every element of every dtype exactly: 64 bits of mantissa.
using Real = long double;
static_assert(sizeof(Real) > 8);

using Indices = std::vector<std::int64_t>;

struct Value {
  Indices shape;
  std::vector<Real> at;  // row-major
  // If not empty: how much rounding each element may carry, in units of epsilon. n times the sum
  // of |terms| for a sum of n terms, say. If empty, it is |at|.
  std::vector<Real> scale{};

  std::int64_t rank() const { return static_cast<std::int64_t>(shape.size()); }
  std::int64_t size() const { return static_cast<std::int64_t>(at.size()); }
  Real operator[](const Indices& index) const { return at[place(index)]; }

  // Row-major place of an index of this rank.
  std::size_t place(const Indices& index) const;
  // The index of the n-th element.
  Indices index(std::int64_t n) const;

  // at[index] = f(index)
  static Value from(Indices shape, const std::function<Real(const Indices&)>& f);
};

std::int64_t count(const Indices& shape);
// The index of the operand's element that NumPy's broadcasting puts at an index of the result.
Indices under(const Indices& index, const Indices& operand_shape);
// The common shape of two that broadcast: oracles are asked for nothing that the op refused.
Indices broadcast(const Indices& a, const Indices& b);

}  // namespace gradus::proof
