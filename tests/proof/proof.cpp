#include "proof/proof.h"

#include <algorithm>

#include <gradus/op/records.h>

namespace gradus::proof {
namespace {

Oracle element_wise(std::size_t arity, std::function<Real(const std::vector<Real>&)> element) {
  Oracle oracle([element](const Values& x) {
    Indices shape;
    for (const Value& v : x) shape = broadcast(shape, v.shape);
    return Value::from(shape, [&](const Indices& index) {
      std::vector<Real> of_each;
      for (const Value& v : x) of_each.push_back(v[under(index, v.shape)]);
      return element(of_each);
    });
  });
  oracle.element = std::move(element);
  oracle.arity = arity;
  return oracle;
}

}  // namespace

Oracle of(Real (*f)(Real)) {
  return element_wise(1, [f](const std::vector<Real>& x) { return f(x[0]); });
}
Oracle of(Real (*f)(Real, Real)) {
  return element_wise(2, [f](const std::vector<Real>& x) { return f(x[0], x[1]); });
}
Oracle of(Real (*f)(Real, Real, Real)) {
  return element_wise(3, [f](const std::vector<Real>& x) { return f(x[0], x[1], x[2]); });
}

bool is_exempt(const Op& op) {
  const Op* const exempt[] = {&placeholder_op, &variable_op, &constant_op,
                              &assign_op,      &group_op,    &custom_gradient_op};
  return op.is_random || std::ranges::find(exempt, &op) != std::end(exempt);
}
bool is_exempt(const Composite& composite) { return &composite == &dropout_composite; }

std::string Proof::title() const {
  if (!name.empty()) return name;
  return std::string(op != nullptr ? op->name : composite->name);
}

const std::vector<Proof>& all_proofs() {
  static const std::vector<Proof> all = [] {
    std::vector<Proof> proofs;
    for (const auto& subject :
         {elementwise_proofs, mathematics_proofs, reduction_proofs, sorting_proofs,
          linear_algebra_proofs, solve_proofs, slicing_proofs, joining_proofs, view_proofs,
          repetition_proofs, diagonal_proofs, creation_proofs, reshape_proofs, like_proofs,
          identity_proofs, indexing_proofs, neural_proofs, convolution_proofs})
      for (Proof& proof : subject()) {
        if (proof.operands.empty()) proof.operands.resize(proof.oracle.arity);
        proofs.push_back(std::move(proof));
      }
    return proofs;
  }();
  return all;
}

}  // namespace gradus::proof
