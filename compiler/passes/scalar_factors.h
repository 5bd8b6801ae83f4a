// Numbers that stand before values, when two of them become one.
#pragma once

#include <cmath>
#include <optional>

#include <gradus/dtype.h>

namespace gradus {

// a b, for a (b x) = (a b) x of float values: none where the dtype would make it infinite, 0 or
// less exact, though b x may be an ordinary number.
inline std::optional<double> scales_as_one(double a, double b, DType dtype) {
  const double product = a * b;
  const bool is_ordinary =
      dtype == float32 ? std::isnormal(static_cast<float>(product)) : std::isnormal(product);
  return is_ordinary || a == 0 || b == 0 ? std::optional(product) : std::nullopt;
}

}  // namespace gradus
