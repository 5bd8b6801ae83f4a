#include "proof/cases.h"

#include <gradus/op/records.h>

namespace gradus::proof {
namespace {

const Domain positive{.low = 0.3, .high = 4};
const Domain inside{.low = -0.85, .high = 0.85};
const Domain between_whole{.low = 1.1, .high = 1.4};  // nor at a half
const Domain around_0{.kinks = {0}};

// A real function of one operand.
Proof function(const Op& op, Tensor (*call)(Operand), Real (*oracle)(Real), const Domain& domain) {
  return {.op = &op, .call = of(call), .oracle = of(oracle), .operands = {domain}};
}
Proof rounding(const Op& op, Tensor (*call)(Operand), Real (*oracle)(Real)) {
  Proof proof = function(op, call, oracle, between_whole);
  proof.units = 0;
  return proof;
}
Proof rounding_of_numbers(const Op& op, Tensor (*call)(Operand), Real (*oracle)(Real)) {
  Proof proof = rounding(op, call, oracle);
  proof.name = std::string(op.name) + "_of_numbers";
  proof.operands = {{.low = -9, .high = 9}};
  proof.dtypes = numbers;
  proof.has_gradient = false;
  return proof;
}
Proof test(const Op& op, Tensor (*call)(Operand), Real (*oracle)(Real)) {
  Proof proof = function(op, call, oracle, {});
  proof.dtypes = numbers;
  proof.has_gradient = false;
  return proof;
}

}  // namespace

std::vector<Proof> mathematics_proofs() {
  return {
      function(sin_op, sin, std::sin, {}),
      function(cos_op, cos, std::cos, {}),
      function(tan_op, tan, std::tan, {.low = -1.2, .high = 1.2}),
      function(asin_op, asin, std::asin, inside),
      function(acos_op, acos, std::acos, inside),
      function(atan_op, atan, std::atan, {}),
      function(sinh_op, sinh, std::sinh, {}),
      function(cosh_op, cosh, std::cosh, {}),
      function(asinh_op, asinh, std::asinh, {}),
      function(acosh_op, acosh, std::acosh, {.low = 1.3, .high = 4}),
      function(atanh_op, atanh, std::atanh, inside),
      function(erf_op, erf, std::erf, {}),
      function(log2_op, log2, std::log2, positive),
      function(
          reciprocal_op, reciprocal, [](Real x) { return 1 / x; }, positive),
      function(
          rsqrt_op, rsqrt, [](Real x) { return 1 / std::sqrt(x); }, positive),
      rounding(floor_op, floor, std::floor),
      rounding(ceil_op, ceil, std::ceil),
      rounding(round_op, round, std::nearbyint),
      rounding_of_numbers(floor_op, floor, std::floor),
      rounding_of_numbers(ceil_op, ceil, std::ceil),
      rounding_of_numbers(round_op, round, std::nearbyint),
      test(is_nan_op, is_nan, [](Real x) -> Real { return std::isnan(x); }),
      test(is_finite_op, is_finite, [](Real x) -> Real { return std::isfinite(x); }),
      {.op = &atan2_op,
       .call = of(atan2),
       .oracle = of([](Real a, Real b) { return std::atan2(a, b); }),
       .operands = {{}, {.low = 0.4, .high = 3}}},
      {.op = &hypot_op,
       .call = of(hypot),
       .oracle = of([](Real a, Real b) { return std::hypot(a, b); }),
       .operands = {{}, {.low = 0.4, .high = 3}}},
      {.op = &squared_difference_op,
       .call = of(squared_difference),
       .oracle = of([](Real a, Real b) { return (a - b) * (a - b); }),
       .dtypes = numbers},
      {.op = &power_op,
       .call = of(power),
       .oracle = of([](Real a, Real b) { return std::pow(a, b); }),
       .operands = {positive, around_0}},
      {.op = &power_op,
       .name = "power_of_integers",
       .call = of(power),
       .oracle = of([](Real a, Real b) { return std::pow(a, b); }),
       .operands = {{.low = -6, .high = 6}, {.low = 0, .high = 9}},
       .dtypes = {int32, int64},
       .has_gradient = false},
  };
}

}  // namespace gradus::proof
