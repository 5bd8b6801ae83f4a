// How an element-wise op of several operands becomes a node: operands are broadcast first.
#pragma once

#include <initializer_list>

#include <gradus/op/op.h>

namespace gradus {

// Appends an element-wise op, and a broadcast_like node for each tensor that is not of the common
// shape. Numbers stay as they are.
Tensor add_elementwise(const Op& op, std::initializer_list<const Operand*> operands,
                       std::initializer_list<Attribute> attributes = {});

}  // namespace gradus
