// Diagonals of matrices, and what lies on one side of them. All but diag and eye take matrices
// [.., m, n]: the axes before the last two are a batch.
#pragma once

#include <cstdint>

#include <gradus/tensor.h>

namespace gradus {

// [.., n] becomes [.., n, n]: x on the diagonal, 0 elsewhere.
Tensor diag(Operand x);
// The diagonal of [.., m, n]: [.., min(m, n)].
Tensor diag_part(Operand x);
// The sum of the diagonal: [..].
Tensor trace(Operand x);
// x[i, j] where j - i <= k, or j - i >= k; 0 elsewhere.
Tensor tril(Operand x, std::int64_t k = 0);
Tensor triu(Operand x, std::int64_t k = 0);

}  // namespace gradus
