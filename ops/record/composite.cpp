#include "composite.h"

#include <cmath>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/op/rules.h>

namespace gradus {

void check_tensor(std::string_view function, std::string_view operand, const Operand& x) {
  if (x.is_number())
    throw GraphError(
        at_line(fmt::format("{}: operand {} is a number", function, operand), x.where()));
  if (!x.tensor())
    throw GraphError(
        at_line(fmt::format("{}: operand {} is an empty Tensor", function, operand), x.where()));
}

namespace {

void check_tensor(std::string_view function, std::string_view operand, const Operand& x,
                  bool (*is_right)(DType), std::string_view wanted) {
  check_tensor(function, operand, x);
  if (!is_right(x.tensor().dtype()))
    throw DTypeError(
        at_line(fmt::format("{}: needs {}, got {}", function, wanted, to_text(x.tensor().dtype())),
                x.where()));
}

}  // namespace

void check_float_tensor(std::string_view function, std::string_view operand, const Operand& x) {
  check_tensor(function, operand, x, is_float, "float32 or float64");
}
void check_integer_tensor(std::string_view function, std::string_view operand, const Operand& x) {
  check_tensor(function, operand, x, is_integer, fmt::format("{} of int32 or int64", operand));
}

std::optional<std::string> wrong_setting(std::string_view name, double value, DType dtype,
                                         bool (*is_right)(double), std::string_view range) {
  const double rounded = rounded_to(dtype, value);
  if (std::isfinite(rounded) && is_right(rounded)) return std::nullopt;
  return fmt::format("{} must be {} in {}, got {}", name, range, to_text(dtype), value);
}

void check_setting(std::string_view function, std::string_view name, double value, const Operand& x,
                   bool (*is_right)(double), std::string_view range) {
  if (const auto wrong = wrong_setting(name, value, x.tensor().dtype(), is_right, range))
    throw GraphError(at_line(fmt::format("{}: {}", function, *wrong), x.where()));
}

}  // namespace gradus
