// Systems of linear equations, and the Cholesky factor.
//
//   solve(a, b)                                         // x with a x = b
//   const Tensor l = cholesky(a);                       // a = l l^T
//   triangular_solve(l, b)                              // x with l x = b, in n^2 steps
//   triangular_solve(l, b, {.transpose = true})         // x with l^T x = b
//
// Of float32 and float64. Matrices are the last two axes: a is [..., n, n], b is [..., n, k], and
// the axes before these are a batch, which broadcasts. Of rank 1, b is one column, and so is x.
#pragma once

#include <gradus/tensor.h>

namespace gradus {

// The lower triangular l, its diagonal above 0, with l l^T = a. Of a, the lower triangle alone is
// read, so what lies above the diagonal has gradient 0. A matrix that is not positive definite, or
// holds NaN there, is refused in the run: DataError.
Tensor cholesky(Operand a);

// lower: which triangle of a counts; the other one is not read. transpose: a^T x = b is solved.
struct TriangularSolveOptions {
  bool lower = true, transpose = false;
};

// x with a x = b, by substitution. A 0 on the diagonal is refused in the run: DataError.
Tensor triangular_solve(Operand a, Operand b, TriangularSolveOptions options = {});

// x with a x = b, by elimination, whose pivots are the largest of their columns. A matrix without a
// pivot other than 0 is singular and refused in the run: DataError. By rounding, one that is
// singular may have such pivots, and x is then large and wrong.
Tensor solve(Operand a, Operand b);

}  // namespace gradus
