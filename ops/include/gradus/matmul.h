// Matrix products.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

// A flag means that the operand enters transposed; nothing is copied for it.
struct MatmulOptions {
  bool transpose_a = false, transpose_b = false;
};

// c[i, j] = sum over k of a[i, k] b[k, j]; a is [..., m, k], b is [..., k, n], and the axes before
// the last two broadcast. A vector stands for one row (a) or one column (b), which the result has
// not. All dtypes but bool.
Tensor matmul(Operand a, Operand b, MatmulOptions options = {});

}  // namespace gradus
