// How a kernel of its own reads an operand of an element-wise op.
#pragma once

#include <cstdint>

#include <gradus/op/kernel_call.h>

namespace gradus {

// From one element to the next: a number stands for every element.
inline std::int64_t element_step(const KernelCall& call, std::size_t operand) {
  return call.inputs[operand].shape.rank() == 0 ? 0 : 1;
}

}  // namespace gradus
