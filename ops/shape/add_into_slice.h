// y = x with dy added where the slice is: what the compiler makes of x + slice_grad(dy), so that
// the gradient of an array that is taken apart into n slices takes n small steps.
#pragma once

#include <gradus/op/op.h>

namespace gradus {

extern const Op add_into_slice_op;

}  // namespace gradus
