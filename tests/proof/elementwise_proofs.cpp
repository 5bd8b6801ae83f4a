#include <algorithm>
#include <limits>

#include "proof/proof.h"

namespace gradus::proof {
namespace {

constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();
const std::vector<DType> numbers{float32, float64, int32, int64};

Real sigmoid_of(Real x) { return 1 / (1 + std::exp(-x)); }
Real softplus_of(Real x) { return std::max(x, 0.0L) + std::log1p(std::exp(-std::abs(x))); }
Real either_nan(Real a, Real b, Real otherwise) {
  return std::isnan(a) || std::isnan(b) ? nan : otherwise;
}
const Domain around_0{.kinks = {0}};
const Domain positive{.low = 0.2, .high = 4};
// Two operands that are never equal.
const Domain odd{.low = -3, .high = 3}, even{.low = -2.9, .high = 3.1};

}  // namespace

std::vector<Proof> elementwise_proofs() {
  return {
      {.op = &add_op,
       .call = of(add),
       .oracle = of([](Real a, Real b) { return a + b; }),
       .dtypes = numbers},
      {.op = &subtract_op,
       .call = of(subtract),
       .oracle = of([](Real a, Real b) { return a - b; }),
       .dtypes = numbers},
      {.op = &multiply_op,
       .call = of(multiply),
       .oracle = of([](Real a, Real b) { return a * b; }),
       .dtypes = numbers},
      {.op = &divide_op,
       .call = of(divide),
       .oracle = of([](Real a, Real b) { return a / b; }),
       .operands = {{}, {.low = 0.4, .high = 3}}},
      {.op = &negative_op,
       .call = of(negative),
       .oracle = of([](Real x) { return -x; }),
       .dtypes = numbers},
      {.op = &square_op,
       .call = of(square),
       .oracle = of([](Real x) { return x * x; }),
       .dtypes = numbers},
      {.op = &sqrt_op,
       .call = of(sqrt),
       .oracle = of([](Real x) { return std::sqrt(x); }),
       .operands = {positive}},
      {.op = &abs_op,
       .call = of(abs),
       .oracle = of([](Real x) { return std::abs(x); }),
       .operands = {around_0},
       .dtypes = numbers},
      {.op = &sign_op,
       .call = of(sign),
       .oracle = of([](Real x) { return x > 0   ? 1
                                        : x < 0 ? -1
                                                : x; }),
       .operands = {around_0},
       .dtypes = numbers},
      {.op = &maximum_op,
       .call = of(maximum),
       .oracle = of([](Real a, Real b) { return either_nan(a, b, std::max(a, b)); }),
       .operands = {odd, even},
       .dtypes = numbers},
      {.op = &minimum_op,
       .call = of(minimum),
       .oracle = of([](Real a, Real b) { return either_nan(a, b, std::min(a, b)); }),
       .operands = {odd, even},
       .dtypes = numbers},
      {.op = &exp_op, .call = of(exp), .oracle = of([](Real x) { return std::exp(x); })},
      {.op = &expm1_op, .call = of(expm1), .oracle = of([](Real x) { return std::expm1(x); })},
      {.op = &log_op,
       .call = of(log),
       .oracle = of([](Real x) { return std::log(x); }),
       .operands = {positive}},
      {.op = &log1p_op,
       .call = of(log1p),
       .oracle = of([](Real x) { return std::log1p(x); }),
       .operands = {{.low = -0.7, .high = 4}}},
      {.op = &elu_op,
       .call = [](const Tensors& x) { return elu(x[0]); },
       .oracle = of([](Real x) { return x > 0 ? x : std::expm1(x); }),
       .operands = {around_0}},
      {.op = &elu_op,
       .name = "elu_of_another_alpha",
       .call = [](const Tensors& x) { return elu(x[0], 0.5); },
       .oracle = of([](Real x) { return x > 0 ? x : 0.5L * std::expm1(x); }),
       .operands = {around_0}},
      {.op = &relu_op,
       .call = of(relu),
       .oracle = of([](Real x) { return x < 0 ? 0 : x; }),
       .operands = {around_0}},
      {.op = &sigmoid_op, .call = of(sigmoid), .oracle = of(sigmoid_of)},
      {.op = &softplus_op, .call = of(softplus), .oracle = of(softplus_of)},
      {.op = &tanh_op, .call = of(tanh), .oracle = of([](Real x) { return std::tanh(x); })},
      {.op = &equal_op,
       .call = of(equal),
       .oracle = of([](Real a, Real b) -> Real { return a == b; }),
       .dtypes = numbers,
       .has_gradient = false},
      {.op = &not_equal_op,
       .call = of(not_equal),
       .oracle = of([](Real a, Real b) -> Real { return a != b; }),
       .dtypes = numbers,
       .has_gradient = false},
      {.op = &less_op,
       .call = of(less),
       .oracle = of([](Real a, Real b) -> Real { return a < b; }),
       .dtypes = numbers,
       .has_gradient = false},
      {.op = &less_equal_op,
       .call = of(less_equal),
       .oracle = of([](Real a, Real b) -> Real { return a <= b; }),
       .dtypes = numbers,
       .has_gradient = false},
      {.op = &greater_op,
       .call = of(greater),
       .oracle = of([](Real a, Real b) -> Real { return a > b; }),
       .dtypes = numbers,
       .has_gradient = false},
      {.op = &greater_equal_op,
       .call = of(greater_equal),
       .oracle = of([](Real a, Real b) -> Real { return a >= b; }),
       .dtypes = numbers,
       .has_gradient = false},
      {.op = &select_op,
       .call = of(select),
       .oracle = of([](Real condition, Real a, Real b) { return condition != 0 ? a : b; }),
       .operands = {{.dtype = boolean}, {}, {}},
       .dtypes = {float32, float64, int32, int64, boolean}},
  };
}

}  // namespace gradus::proof
