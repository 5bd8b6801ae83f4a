// What functions that are written over ops check before they begin.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <gradus/tensor.h>

namespace gradus {

// Refuses a number and an empty Tensor, at the operand's line: GraphError.
void check_tensor(std::string_view function, std::string_view operand, const Operand& x);
// Refuses what is no tensor of float32 or float64, or of int32 or int64, at the operand's line:
// GraphError, DTypeError.
void check_float_tensor(std::string_view function, std::string_view operand, const Operand& x);
void check_integer_tensor(std::string_view function, std::string_view operand, const Operand& x);

// "delta must be finite and above 0 in float32, got inf" for a number that is not finite, or not
// right, as a float of that dtype.
std::optional<std::string> wrong_setting(std::string_view name, double value, DType dtype,
                                         bool (*is_right)(double), std::string_view range);
// Refuses it with that text, as a float of x's dtype: GraphError.
void check_setting(std::string_view function, std::string_view name, double value, const Operand& x,
                   bool (*is_right)(double), std::string_view range);

}  // namespace gradus
