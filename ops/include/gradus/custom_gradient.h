// A gradient that the user writes: for a value whose mathematical one is unstable, unwanted or 0.
//
//   // x itself, but what flows back is cut to [-1, 1].
//   Tensor clip_gradient(Tensor x) {
//     return custom_gradient(x, {{x, [](const Tensor& dy, const Tensor&, std::span<const Tensor>) {
//                                   return clip(dy, -1, 1);
//                                 }}});
//   }
#pragma once

#include <concepts>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <gradus/gradient_function.h>
#include <gradus/tensor.h>

namespace gradus {

// What a rule may be: a function of dy, y and all xs. It captures numbers, never tensors, which
// would keep their graph alive for ever; the tensors that it needs are among xs.
template <class F>
concept GradientFormula = std::is_trivially_copyable_v<F> &&
    std::is_invocable_r_v<Tensor, F, const Tensor&, const Tensor&, std::span<const Tensor>>;

// x, and the gradient that it gets.
struct CustomRule {
  Operand x;
  GradientFunction rule;

  template <GradientFormula F>
  CustomRule(Operand operand, F formula) : x(std::move(operand)), rule(formula) {}
};

// The value of y. Its gradient flows by these rules to their xs, and nowhere else: how y was
// computed does not matter. At most 31 rules; GraphError if there are more or none.
Tensor custom_gradient(Operand y, const std::vector<CustomRule>& rules);

}  // namespace gradus
