// What functions that are written over ops check before they begin.
#pragma once

#include <string_view>

#include <gradus/tensor.h>

namespace gradus {

// Refuses what is no tensor of float32 or float64, at the operand's line: GraphError, DTypeError.
void check_float_tensor(std::string_view function, std::string_view operand, const Operand& x);

// Refuses a number that is not finite, or not right, as a float of x's dtype: GraphError
// "huber: delta must be finite and above 0 in float32, got inf".
void check_setting(std::string_view function, std::string_view name, double value, const Operand& x,
                   bool (*is_right)(double), std::string_view range);

}  // namespace gradus
