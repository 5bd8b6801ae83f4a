// Forward mode: a number that carries its slope along.
//
//   Dual x{2, 1}, y{3, 0};        // how fast x and y move
//   Dual f = sin(x * y) + x;      // f.slope is df/dx
#pragma once

#include <cmath>
#include <cstdint>

namespace lesson {

struct Dual {
  double value, slope;
  static inline std::int64_t products = 0;  // the cost: slopes that were multiplied so far
};

inline double product(double slope, double by) {
  ++Dual::products;
  return slope * by;
}

inline Dual operator+(const Dual& a, const Dual& b) {
  return {a.value + b.value, product(a.slope, 1) + product(b.slope, 1)};
}
inline Dual operator*(const Dual& a, const Dual& b) {
  return {a.value * b.value, product(a.slope, b.value) + product(b.slope, a.value)};
}
inline Dual sin(const Dual& a) { return {std::sin(a.value), product(a.slope, std::cos(a.value))}; }

}  // namespace lesson
