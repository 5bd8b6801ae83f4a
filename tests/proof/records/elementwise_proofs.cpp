#include <algorithm>
#include <limits>
#include <numbers>

#include <gradus/op/records.h>

#include "proof/cases.h"

namespace gradus::proof {
namespace {

constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();

Real sigmoid_of(Real x) { return 1 / (1 + std::exp(-x)); }
Real softplus_of(Real x) { return std::max(x, 0.0L) + std::log1p(std::exp(-std::abs(x))); }
Real either_nan(Real a, Real b, Real otherwise) {
  return std::isnan(a) || std::isnan(b) ? nan : otherwise;
}
Real remainder_of(Real a, Real b) {
  const Real remainder = std::fmod(a, b);
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}
Real whole_quotient(Real a, Real b) {
  const Real remainder = std::fmod(a, b);
  if (b == 0 || std::isnan(remainder)) return a / b;
  const bool is_below = remainder != 0 && (remainder < 0) != (b < 0);
  return std::round((a - remainder) / b) - (is_below ? 1 : 0);
}
Value sum_of_three(const Values& x) {
  const Indices shape = broadcast(broadcast(x[0].shape, x[1].shape), x[2].shape);
  Value sum = Value::from(shape, [&](const Indices&) { return 0; });
  sum.scale.resize(sum.at.size());
  for (const Value& v : x)
    for (std::size_t i = 0; i < sum.at.size(); ++i) {
      const Real term = v[under(sum.index(static_cast<std::int64_t>(i)), v.shape)];
      sum.at[i] += term;
      sum.scale[i] += std::abs(term);
    }
  return sum;
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
      {.op = &xdivy_op,
       .call = of(xdivy),
       .oracle = of([](Real a, Real b) { return a == 0 ? 0 : a / b; }),
       .operands = {around_0, {.low = 0.4, .high = 3}}},
      {.op = &multiply_no_nan_op,
       .call = of(multiply_no_nan),
       .oracle = of([](Real a, Real b) { return b == 0 ? 0 : a * b; }),
       .operands = {{}, around_0}},
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
      {.op = &elu_grad_op,
       .call = [](const Tensors& x) { return elu_grad(x[0], x[1]); },
       .oracle = of([](Real dy, Real y) { return y > 0 ? dy : dy * (y + 1); }),
       .operands = {{}, around_0}},
      {.op = &elu_grad_op,
       .name = "elu_grad_of_another_alpha",
       .call = [](const Tensors& x) { return elu_grad(x[0], x[1], 0.5); },
       .oracle = of([](Real dy, Real y) { return y > 0 ? dy : dy * (y + 0.5L); }),
       .operands = {{}, around_0}},
      {.op = &relu_grad_op,
       .call = of(relu_grad),
       .oracle = of([](Real dy, Real x) { return x > 0 ? dy : 0; }),
       .operands = {{}, around_0}},
      {.op = &sigmoid_grad_op, .call = of(sigmoid_grad), .oracle = of([](Real dy, Real y) {
                                                           return dy * y * (1 - y);
                                                         })},
      {.op = &tanh_grad_op,
       .call = of(tanh_grad),
       .oracle = of([](Real dy, Real y) { return dy * (1 - y * y); }),
       .operands = {{}, {.low = -0.95, .high = 0.95}},
       .has_special_values = false},
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
       .call = [](const Tensors& x) { return x[0] < x[1]; },
       .oracle = of([](Real a, Real b) -> Real { return a < b; }),
       .dtypes = numbers,
       .has_gradient = false},
      {.op = &less_equal_op,
       .call = [](const Tensors& x) { return x[0] <= x[1]; },
       .oracle = of([](Real a, Real b) -> Real { return a <= b; }),
       .dtypes = numbers,
       .has_gradient = false},
      {.op = &greater_op,
       .call = [](const Tensors& x) { return x[0] > x[1]; },
       .oracle = of([](Real a, Real b) -> Real { return a > b; }),
       .dtypes = numbers,
       .has_gradient = false},
      {.op = &greater_equal_op,
       .call = [](const Tensors& x) { return x[0] >= x[1]; },
       .oracle = of([](Real a, Real b) -> Real { return a >= b; }),
       .dtypes = numbers,
       .has_gradient = false},
      {.op = &where_op,
       .call = of(where),
       .oracle = of([](Real condition, Real a, Real b) { return condition != 0 ? a : b; }),
       .operands = {{.dtype = boolean}, {}, {}},
       .dtypes = {float32, float64, int32, int64, boolean}},
      {.op = &logical_and_op,
       .call = [](const Tensors& x) { return x[0] & x[1]; },
       .oracle = of([](Real a, Real b) -> Real { return a != 0 && b != 0; }),
       .dtypes = {boolean},
       .has_gradient = false},
      {.op = &logical_or_op,
       .call = [](const Tensors& x) { return x[0] | x[1]; },
       .oracle = of([](Real a, Real b) -> Real { return a != 0 || b != 0; }),
       .dtypes = {boolean},
       .has_gradient = false},
      {.op = &logical_xor_op,
       .call = [](const Tensors& x) { return x[0] ^ x[1]; },
       .oracle = of([](Real a, Real b) -> Real { return (a != 0) != (b != 0); }),
       .dtypes = {boolean},
       .has_gradient = false},
      {.op = &logical_not_op,
       .call = [](const Tensors& x) { return ~x[0]; },
       .oracle = of([](Real x) -> Real { return x == 0; }),
       .dtypes = {boolean},
       .has_gradient = false},
      {.op = &floor_divide_op,
       .call = of(floor_divide),
       .oracle = of(whole_quotient),
       .operands = {{.low = 0.2, .high = 0.9}, {.low = 1, .high = 3}}},
      {.op = &floor_divide_op,
       .name = "floor_divide_of_integers",
       .call = of(floor_divide),
       .oracle = of(whole_quotient),
       .operands = {{.low = -20, .high = 20}, {.low = 1, .high = 7}},
       .dtypes = numbers,
       .has_gradient = false},
      {.op = &mod_op,
       .call = of(mod),
       .oracle = of(remainder_of),
       .operands = {{.low = 3.2, .high = 3.9}, {.low = 1.05, .high = 1.55}}},
      {.op = &mod_op,
       .name = "mod_of_integers",
       .call = of(mod),
       .oracle = of(remainder_of),
       .operands = {{.low = -20, .high = 20}, {.low = -7, .high = -1}},
       .dtypes = numbers,
       .has_gradient = false},
      {.op = &clip_op,
       .call = [](const Tensors& x) { return clip(x[0], -1, 2); },
       .oracle = of([](Real x) { return x < -1  ? -1
                                        : x > 2 ? 2
                                                : x; }),
       .operands = {{.kinks = {-1, 2}}},
       .dtypes = numbers},
      {.composite = &add_n_composite,
       .call =
           [](const Tensors& x) {
             return add_n({x[0], x[1], x[2]});
           },
       .oracle = Oracle(sum_of_three),
       .operands = {{}, {}, {}},
       .units = 2},
      {.op = &leaky_relu_op,
       .call = [](const Tensors& x) { return leaky_relu(x[0], 0.25); },
       .oracle = of([](Real x) { return x > 0 ? x : 0.25L * x; }),
       .operands = {around_0}},
      {.op = &prelu_op,
       .call = of(prelu),
       .oracle = of([](Real x, Real slope) { return x > 0 ? x : slope * x; }),
       .operands = {around_0, {}}},
      {.op = &selu_op,
       .call = of(selu),
       .oracle = of([](Real x) {
         const Real scale = 1.0507009873554804934193349852946L;
         return scale * (x > 0 ? x : 1.6732632423543772848170429916717L * std::expm1(x));
       }),
       .operands = {around_0}},
      {.op = &celu_op,
       .call = [](const Tensors& x) { return celu(x[0], 1.5); },
       .oracle = of([](Real x) { return x > 0 ? x : 1.5L * std::expm1(x / 1.5L); }),
       .operands = {around_0}},
      {.op = &log_sigmoid_op, .call = of(log_sigmoid), .oracle = of([](Real x) {
                                                         return -softplus_of(-x);
                                                       })},
      {.op = &hard_sigmoid_op,
       .call = of(hard_sigmoid),
       .oracle = of([](Real x) { return x < -3  ? 0
                                        : x > 3 ? 1
                                                : (x + 3) / 6; }),
       .operands = {{.low = -5, .high = 5, .kinks = {-3, 3}}}},
      {.op = &softsign_op,
       .call = of(softsign),
       .oracle = of([](Real x) { return 1 / (1 / x + std::copysign(Real{1}, x)); }),
       .operands = {around_0}},
      {.op = &silu_op, .call = of(silu), .oracle = of([](Real x) {
                                           return x < -11000 ? -0.0L : x * sigmoid_of(x);
                                         })},
      {.op = &gelu_op,
       .call = [](const Tensors& x) { return gelu(x[0]); },
       .oracle =
           of([](Real x) { return x < -100 ? -0.0L : x / 2 * std::erfc(-x * std::sqrt(0.5L)); }),
       .operands = {{.low = -6, .high = 6}}},
      {.op = &gelu_tanh_op,
       .call = [](const Tensors& x) { return gelu(x[0], true); },
       .oracle = of([](Real x) {
         const Real root = std::sqrt(2 / std::numbers::pi_v<Real>);
         return x < -100 ? -0.0L : x * sigmoid_of(2 * root * (x + 0.044715L * x * x * x));
       }),
       .operands = {{.low = -6, .high = 6}}},
      {.op = &mish_op, .call = of(mish), .oracle = of([](Real x) {
                                           if (x < -11000) return -0.0L;
                                           const Real e = std::exp(-std::abs(x));
                                           return x > 0 ? x * (1 + 2 * e) / (1 + 2 * e + 2 * e * e)
                                                        : x * e * (2 + e) / (2 + 2 * e + e * e);
                                         })},
  };
}

}  // namespace gradus::proof
