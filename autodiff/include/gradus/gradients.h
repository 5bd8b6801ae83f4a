// Symbolic derivatives: nodes of the same graph, so that they can be run, drawn and differentiated
// again.
//
//   std::vector<Tensor> d = gradients(loss, {W, b});       // d[0] = dloss/dW, d[1] = dloss/db
//   Tensor curvature = gradient(gradient(y, x), x);         // second order
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <gradus/tensor.h>

namespace gradus {

// What stands for the gradient where no path leads from x to y.
enum class Unconnected { error, zero };

struct GradientOptions {
  // The upstream gradients, one per y, each of the shape and dtype of its y. A scalar y has 1 by
  // default; every other y needs one.
  std::vector<Tensor> grad_ys = {};
  Unconnected unconnected = Unconnected::error;
};

// The gradients of the sum of all ys with respect to each x, in the order of xs. An x may be any
// node. GraphError: a y that is no scalar and has no upstream gradient, an x without a path to ys
// (unless `unconnected` is zero: then exact zeros), an op on the path without gradient rule.
// DTypeError: a y or x that is no float.
std::vector<Tensor> gradients(const TensorList& ys, const TensorList& xs,
                              const GradientOptions& options = {},
                              SourceLocation where = SourceLocation::current());
std::vector<Tensor> gradients(const Tensor& y, const TensorList& xs,
                              const GradientOptions& options = {},
                              SourceLocation where = SourceLocation::current());
Tensor gradient(const Tensor& y, const Tensor& x, const GradientOptions& options = {},
                SourceLocation where = SourceLocation::current());

// What one node hands down in the backward pass: a part of the gradient of one of its operands.
struct Contribution {
  Tensor from;          // whose rule made it; an empty Tensor for the upstream gradient of a y
  std::size_t operand;  // its place among the operands of `from`
  Tensor to;            // that operand
  Tensor part;
  Tensor sum;  // of all parts that `to` has received so far, this one included
  // "number of count", from 1; the sum of the last one is the gradient of `to`.
  std::int64_t number, count;
};

struct GradientTrace {
  std::vector<Tensor> gradients;
  // In the order in which they are handed down: those of one node stand together, and after all
  // that it receives.
  std::vector<Contribution> contributions;
};

// gradients(), with the record of how they came about.
GradientTrace trace_gradients(const TensorList& ys, const TensorList& xs,
                              const GradientOptions& options = {},
                              SourceLocation where = SourceLocation::current());

}  // namespace gradus
