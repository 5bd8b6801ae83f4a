// The rule of dtype of an op whose attribute alpha must be a finite number.
#pragma once

#include <span>
#include <string_view>

#include <gradus/op/rules.h>

#include "ops/record/composite.h"

namespace gradus {

// As same_float; refuses an alpha that is not finite, or not right, as a float of that dtype.
inline DType float_with_alpha(const Call& f, std::span<const DType> dtypes,
                              bool (*is_right)(double), std::string_view range) {
  const DType dtype = rules::same_float(f, dtypes);
  if (const auto wrong = wrong_setting("alpha", f[attributes::alpha], dtype, is_right, range))
    f.fail_argument(*wrong);
  return dtype;
}

// alpha is finite and 0 or more.
inline constexpr auto float_with_alpha_from_0 = [](const Call& f, std::span<const DType> dtypes) {
  return float_with_alpha(
      f, dtypes, [](double alpha) { return alpha >= 0; }, "finite and 0 or more");
};

}  // namespace gradus
