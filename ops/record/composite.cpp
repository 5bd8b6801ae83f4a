#include "composite.h"

#include <fmt/format.h>

#include <gradus/error.h>

namespace gradus {

void check_float_tensor(std::string_view function, std::string_view operand, const Operand& x) {
  if (x.is_number())
    throw GraphError(
        at_line(fmt::format("{}: operand {} is a number", function, operand), x.where()));
  if (!x.tensor())
    throw GraphError(
        at_line(fmt::format("{}: operand {} is an empty Tensor", function, operand), x.where()));
  if (!is_float(x.tensor().dtype()))
    throw DTypeError(at_line(
        fmt::format("{}: needs float32 or float64, got {}", function, to_text(x.tensor().dtype())),
        x.where()));
}

}  // namespace gradus
