#include <gradus/statistics.h>

#include <limits>

#include <fmt/format.h>

#include <gradus/arithmetic.h>
#include <gradus/at.h>
#include <gradus/comparison.h>
#include <gradus/error.h>
#include <gradus/exponential.h>
#include <gradus/op/op.h>
#include <gradus/reductions.h>
#include <gradus/state.h>

namespace gradus {
namespace {

// The root of what is a sum of squares, with slope 0 at 0.
Tensor root(const Tensor& squares) {
  const Tensor is_positive = squares > 0;
  const Tensor safe = where(is_positive, squares, 1);
  const Tensor y = sqrt(safe);
  return where(is_positive, y, squares);
}

}  // namespace

extern constexpr Composite reduce_variance_composite{
    .name = "reduce_variance",
    .doc = "Variance of the population over axes, all by default; NaN of nothing.",
    .formula = "y = mean((x - mean(x))^2)",
    .latex = R"(\operatorname{var} x)",
    .examples = {{[](Operand x) { return reduce_variance(x); }, {1, 3, 5, 7}, "5"}},
};
extern constexpr Composite reduce_std_composite{
    .name = "reduce_std",
    .doc = "Standard deviation of the population over axes, all by default. The slope at 0 is 0.",
    .formula = "y = sqrt(mean((x - mean(x))^2))",
    .latex = R"(\operatorname{std} x)",
    .examples = {{[](Operand x) { return reduce_std(x, 1); }, {{1, 3}, {5, 5}}, "[1, 0]"}},
};
extern constexpr Composite reduce_logsumexp_composite{
    .name = "reduce_logsumexp",
    .doc = "log(sum of e^x) over axes, all by default, without overflow; -inf if all x are.",
    .formula = "y = log(sum(e^x))",
    .latex = R"(\log \sum e^x)",
    .examples = {{[](Operand x) { return reduce_logsumexp(x); }, {1000, 1000}, "1000.693"}},
};
extern constexpr Composite norm_composite{
    .name = "norm",
    .doc = "Euclidean norm over axes, all by default, or the sum of |x|. The slope at 0 is 0.",
    .formula = "y = sqrt(sum(x^2))",
    .latex = R"(\lVert x \rVert)",
    .examples = {{[](Operand x) { return norm(x); }, {3, -4}, "5"},
                 {[](Operand x) { return norm(x, 1); }, {3, -4}, "7"}},
};

Tensor reduce_variance(Operand x, Axes axes, bool keepdims) {
  const At at(x);
  const Tensor mean = reduce_mean(x, axes, true);
  const Tensor difference = x - mean;
  return reduce_mean(square(difference), axes, keepdims);
}

Tensor reduce_std(Operand x, Axes axes, bool keepdims) {
  const At at(x);
  return root(reduce_variance(x, axes, keepdims));
}

Tensor reduce_logsumexp(Operand x, Axes axes, bool keepdims) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const At at(x);
  const Tensor largest = stop_gradient(reduce_max(x, axes, true));
  const Tensor is_finite = abs(largest) < infinity;
  const Tensor shift = where(is_finite, largest, 0);
  const Tensor sum = reduce_sum(exp(x - shift), axes, true);
  const Tensor is_none = equal(sum, 0);
  const Tensor safe = where(is_none, 1, sum);
  const Tensor y = where(is_none, -infinity, log(safe) + shift);
  return keepdims ? y : reduce_sum(y, axes);
}

Tensor norm(Operand x, std::int64_t order, Axes axes, bool keepdims) {
  if (order != 1 && order != 2)
    throw GraphError(at_line(fmt::format("norm: order must be 1 or 2, got {}", order), x.where()));
  const At at(x);
  if (order == 1) return reduce_sum(abs(x), axes, keepdims);
  return root(reduce_sum(square(x), axes, keepdims));
}

}  // namespace gradus
