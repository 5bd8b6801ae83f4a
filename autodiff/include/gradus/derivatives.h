// Products with Jacobians and Hessians, and whole Jacobians: nodes of the same graph, as those of
// gradients() are, so that they can be run, drawn and differentiated again.
//
//   std::vector<Tensor> Hv = hvp(loss, {W, b}, {v, u});   // of the shapes of W and b
//   Tensor slope = jvp({y}, {x}, {v})[0];                 // how y moves where x moves along v
//   Tensor H = jacobian(gradient(loss, W), W);            // [W's shape..., W's shape...]
//
// v^T J, which needs no function of its own, is gradients({y}, {x}, {.grad_ys = {v}}).
//
// All of them differentiate as gradients() does, with its errors and conventions at kinks. `vs` are
// directions, one for each x, of its shape and dtype; they count as constants, whatever they are
// computed from. GraphError, ShapeError or DTypeError where xs and vs do not match, and GraphError
// for an x without a path to y (unless `unconnected` is zero: then exact zeros).
#pragma once

#include <vector>

#include <gradus/gradients.h>
#include <gradus/tensor.h>

namespace gradus {

// H v, in the order of xs, H being the matrix of second derivatives of the scalar y with respect to
// all xs together: the derivative of the gradients along vs, at the cost of about two gradients
// (Pearlmutter, 1994). Zeros where the gradient of an x does not depend on xs. ShapeError for a y
// that is no scalar.
std::vector<Tensor> hvp(const Tensor& y, const TensorList& xs, const TensorList& vs,
                        Unconnected unconnected = Unconnected::error,
                        SourceLocation where = SourceLocation::current());

// J v, in the order of ys and of their shapes: the derivative of ys along vs, summed over xs. The
// gradients of xs are linear in the upstream gradient u, and J v is the gradient of (J^T u) v in u:
// twice backward is once forward.
std::vector<Tensor> jvp(const TensorList& ys, const TensorList& xs, const TensorList& vs,
                        Unconnected unconnected = Unconnected::error,
                        SourceLocation where = SourceLocation::current());

// dy/dx [y's shape..., x's shape...], element by element of y: one gradient for each, zeros where
// it does not depend on x. ShapeError where the shape of y is known only in the run, where both
// have more than max_rank axes together, and above 2^20 elements of y.
Tensor jacobian(const Tensor& y, const Tensor& x, Unconnected unconnected = Unconnected::error,
                SourceLocation where = SourceLocation::current());

}  // namespace gradus
