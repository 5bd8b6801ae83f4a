// The rule of dtype of an op whose attribute alpha must be a finite number.
#pragma once

#include <cmath>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include <gradus/op/rules.h>

namespace gradus {

// As same_float; refuses an alpha that is not finite, or not right, as a float of that dtype.
inline DType float_with_alpha(const Call& f, std::span<const DType> dtypes,
                              bool (*is_right)(double), std::string_view range) {
  const DType dtype = rules::same_float(f, dtypes);
  const double alpha = rounded_to(dtype, f[attributes::alpha]);
  if (!std::isfinite(alpha) || !is_right(alpha))
    f.fail_argument(
        fmt::format("alpha must be {} in {}, got {}", range, to_text(dtype), f[attributes::alpha]));
  return dtype;
}

// alpha is finite and 0 or more.
inline constexpr auto float_with_alpha_from_0 = [](const Call& f, std::span<const DType> dtypes) {
  return float_with_alpha(
      f, dtypes, [](double alpha) { return alpha >= 0; }, "finite and 0 or more");
};

}  // namespace gradus
