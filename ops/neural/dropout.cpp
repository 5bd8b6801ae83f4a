#include <gradus/dropout.h>

#include <fmt/format.h>

#include <gradus/arithmetic.h>
#include <gradus/at.h>
#include <gradus/comparison.h>
#include <gradus/error.h>
#include <gradus/op/op.h>
#include <gradus/random_ops.h>

#include "ops/record/composite.h"

namespace gradus {

extern constexpr Composite dropout_composite{
    .name = "dropout",
    .doc =
        "Each element is 0 with the probability rate, and x / (1 - rate) else: the mean stays. For "
        "training.",
    .formula = "y = b x / (1 - rate), b ~ B(1, 1 - rate)",
    .latex = R"(\frac{b x}{1 - \mathrm{rate}})",
    .examples = {{[](Operand x) { return dropout(x, 0); }, {1, 2, 3, 4}, "[1, 2, 3, 4]"}},
};

Tensor dropout(Operand x, double rate) {
  check_float_tensor("dropout", "x", x);
  if (!(rate >= 0 && rate < 1))
    throw GraphError(at_line(
        fmt::format("dropout: rate must be at least 0 and below 1, got {}", rate), x.where()));
  const At at(x);
  const Tensor kept = random_bernoulli_like(x, 1 - rate);
  const Tensor scaled = x / (1 - rate);
  return where(kept, scaled, 0);
}

}  // namespace gradus
