#include <gradus/regression.h>

#include <fmt/format.h>

#include <gradus/arithmetic.h>
#include <gradus/at.h>
#include <gradus/comparison.h>
#include <gradus/error.h>
#include <gradus/op/op.h>
#include <gradus/reductions.h>

#include "ops/record/composite.h"

namespace gradus {

extern constexpr Composite mean_squared_error_composite{
    .name = "mean_squared_error",
    .doc = "Mean of the squared errors along the last axis.",
    .formula = "y = mean of (y_true - y_pred)^2",
    .latex = R"(\operatorname{mean} (y_{true} - y_{pred})^2)",
    .examples = {{mean_squared_error, {{1, 2}, {3, 4}}, {{1, 4}, {3, 4}}, "[2, 0]"}},
};

extern constexpr Composite huber_composite{
    .name = "huber",
    .doc =
        "Mean along the last axis of e^2 / 2 for errors up to delta, delta (|e| - delta / 2) "
        "beyond; the slope is continuous.",
    .formula = "y = mean of e^2 / 2 if |e| <= delta, delta (|e| - delta / 2) else",
    .latex = R"(\operatorname{huber}(y_{true} - y_{pred}))",
    .examples = {{[](Operand a, Operand b) { return huber(a, b); },
                  {{1, 2}, {3, 4}},
                  {{1, 4}, {3, 5}},
                  "[0.75, 0.25]"}},
};

Tensor mean_squared_error(Operand y_true, Operand y_pred) {
  check_float_tensor("mean_squared_error", "y_pred", y_pred);
  const At at(y_pred);
  const Tensor error = y_true - y_pred;
  return reduce_mean(square(error), -1);
}

Tensor huber(Operand y_true, Operand y_pred, double delta) {
  check_float_tensor("huber", "y_pred", y_pred);
  check_setting(
      "huber", "delta", delta, y_pred, [](double d) { return d > 0; }, "finite and above 0");
  const At at(y_pred);
  const Tensor error = y_true - y_pred;
  const Tensor size = abs(error);
  const Tensor near = 0.5 * square(error);
  const Tensor far = delta * (size - 0.5 * delta);
  const Tensor is_near = size <= delta;
  return reduce_mean(where(is_near, near, far), -1);
}

}  // namespace gradus
