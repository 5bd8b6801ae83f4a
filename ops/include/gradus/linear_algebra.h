// Products of vectors, and of any axes of any tensors.
//
//   einsum("bij,bjk->bik", {a, b})      // matrix products of a batch
//   einsum("ii", {a})                   // the trace
//   einsum("ij->j", {a})                // sums over rows
#pragma once

#include <string>
#include <vector>

#include <gradus/tensor.h>

namespace gradus {

Tensor dot(Operand a, Operand b);    // sum over k of a[k] b[k], of two vectors
Tensor outer(Operand a, Operand b);  // y[i, j] = a[i] b[j], of two vectors

// Einstein's summation: letters name axes, and what the result does not name is summed over.
// Without "->" the result has the letters that stand once, sorted. Axes of one letter have one
// size. Twice in one operand, a letter means the diagonal, whose size must be known in the graph.
// Else at most one size of each group of axes that are multiplied may be unknown. GraphError or
// ShapeError if equation and operands do not fit.
Tensor einsum(const std::string& equation, const std::vector<Operand>& operands);

}  // namespace gradus
