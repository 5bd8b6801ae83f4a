// One axis sliced, the others whole; 0 <= axis < rank of x.
#pragma once

#include <gradus/slicing.h>

namespace gradus {

Tensor slice_axis(Operand x, std::int64_t axis, const Slice& part);

}  // namespace gradus
