// What functions that are written over ops check before they begin.
#pragma once

#include <string_view>

#include <gradus/tensor.h>

namespace gradus {

// Refuses what is no tensor of float32 or float64, at the operand's line: GraphError, DTypeError.
void check_float_tensor(std::string_view function, std::string_view operand, const Operand& x);

}  // namespace gradus
