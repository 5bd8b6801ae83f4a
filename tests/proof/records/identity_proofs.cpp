#include <cmath>

#include <gradus/op/records.h>

#include "proof/cases.h"

namespace gradus::proof {

std::vector<Proof> identity_proofs() {
  return {
      {.op = &identity_op,
       .call = of(identity),
       .oracle = Oracle([](const Values& x) { return x[0]; }),
       .operands = {{}},
       .shapes = any_shape,
       .dtypes = every_dtype},
      {.op = &stop_gradient_op,
       .call = of(stop_gradient),
       .oracle = Oracle([](const Values& x) { return x[0]; }),
       .operands = {{}},
       .shapes = any_shape,
       .dtypes = every_dtype,
       .has_gradient = false},
      {.op = &cast_op,
       .call = [](const Tensors& x) { return cast(x[0], float64); },
       .oracle = Oracle([](const Values& x) { return x[0]; }),
       .operands = {{}},
       .shapes = any_shape,
       .dtypes = every_dtype},
      {.op = &cast_op,
       .name = "cast_to_int32",
       .call = [](const Tensors& x) { return cast(x[0], int32); },
       .oracle = Oracle([](const Values& x) {
         return Value::from(x[0].shape,
                            [&](const Indices& index) { return std::trunc(x[0][index]); });
       }),
       .operands = {{.kinks = {-2, -1, 0, 1, 2}}},
       .shapes = any_shape,
       .dtypes = every_dtype,
       .has_gradient = false},
  };
}

}  // namespace gradus::proof
