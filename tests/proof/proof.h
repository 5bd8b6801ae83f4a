// Proof: what an op must be, in a form that shares no code with it. From one record follow tests
// of its values, its gradients of first and second order, special values, planted faults, and its
// part in random graphs.
//
//   {.op = &sin_op, .call = of(sin), .oracle = of([](Real x) { return std::sin(x); })},
//   {.op = &add_op, .call = of(add), .oracle = of([](Real a, Real b) { return a + b; })},
//   {.op = &concat_op, .name = "concat_of_axis_1",
//    .call = [](const Tensors& x) { return concat({x[0], x[1]}, 1); },
//    .oracle = [](const Values& x) { return ...; },
//    .operands = {{}, {}},
//    .shapes = {{{2, 3}, {2, 1}}, {{3, 0}, {3, 2}}}},
#pragma once

#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <gradus/op/records.h>
#include <gradus/ops.h>

#include "proof/value.h"

namespace gradus::proof {

using Tensors = std::vector<Tensor>;
using Values = std::vector<Value>;
using Call = std::function<Tensor(const Tensors&)>;

// What an oracle is given: the values of the operands, as the op reads them.
struct Oracle {
  std::function<Value(const Values&)> value;
  // For element-wise ops: one element from one of each operand. Broadcasting is added.
  std::function<Real(const std::vector<Real>&)> element;
  std::size_t arity = 0;  // of `element`

  Oracle() = default;
  template <class F>
  requires std::is_invocable_r_v<Value, F, const Values&> Oracle(F f) : value(std::move(f)) {}
};

// of(sin): a function of one to three operands. of(lambda over Real): an element-wise oracle.
inline Call of(Tensor (*f)(Operand)) {
  return [f](const Tensors& x) { return f(x[0]); };
}
inline Call of(Tensor (*f)(Operand, Operand)) {
  return [f](const Tensors& x) { return f(x[0], x[1]); };
}
inline Call of(Tensor (*f)(Operand, Operand, Operand)) {
  return [f](const Tensors& x) { return f(x[0], x[1], x[2]); };
}
Oracle of(Real (*f)(Real));
Oracle of(Real (*f)(Real, Real));
Oracle of(Real (*f)(Real, Real, Real));
template <class F>
requires(std::is_empty_v<F>) Oracle of(F f) { return of(+f); }

// Which values an operand takes in tests. Floats are distinct, neither closer to a kink than 0.05
// nor to each other than a part of the range; special values are tried besides.
struct Domain {
  double low = -3, high = 3;
  std::vector<double> kinks{};  // where the op has no derivative, or jumps
  // Empty: the dtype of the case. Else always this one, and no gradient is asked for.
  std::optional<DType> dtype{};
};

// How far a value may lie from the oracle's: units * ulp(value), or units * epsilon * scale.
struct Proof {
  const Op* op = nullptr;                // null for a composite
  const Composite* composite = nullptr;  // null for an op
  std::string name{};                    // default: the op's; unique
  Call call;
  Oracle oracle;
  std::vector<Domain> operands{};  // default: one Domain{} per operand of an element-wise oracle
  // Operand shapes, one list for each case; default for element-wise ops: all shape classes, and
  // all ways to broadcast. call must accept each; the oracle must know every shape that call
  // accepts.
  std::vector<std::vector<Shape>> shapes{};
  std::vector<DType> dtypes = {float32, float64};
  double units = 4;
  bool has_gradient = true;        // set false where it is 0 or undefined everywhere
  bool has_special_values = true;  // whether the oracle speaks for inf, NaN, 0, denormals

  std::string title() const;
};

// All records; each op and composite of the tables has one or more.
const std::vector<Proof>& all_proofs();

// Sources and ops of effects or chance, which are no functions of operands; they have tests of
// their own.
bool is_exempt(const Op& op);
bool is_exempt(const Composite& composite);

// One per subject: tests/proof/records/<subject>_proofs.cpp.
std::vector<Proof> elementwise_proofs();
std::vector<Proof> mathematics_proofs();
std::vector<Proof> reduction_proofs();
std::vector<Proof> sorting_proofs();
std::vector<Proof> linear_algebra_proofs();
std::vector<Proof> solve_proofs();
std::vector<Proof> slicing_proofs();
std::vector<Proof> joining_proofs();
std::vector<Proof> repetition_proofs();
std::vector<Proof> diagonal_proofs();
std::vector<Proof> creation_proofs();
std::vector<Proof> view_proofs(), reshape_proofs();  // both in view_proofs.cpp
std::vector<Proof> like_proofs();
std::vector<Proof> identity_proofs();
std::vector<Proof> indexing_proofs();
std::vector<Proof> neural_proofs();
std::vector<Proof> convolution_proofs();

}  // namespace gradus::proof
