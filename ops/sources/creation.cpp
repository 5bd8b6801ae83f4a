#include <gradus/creation.h>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <gradus/at.h>
#include <gradus/broadcast.h>
#include <gradus/diagonals.h>
#include <gradus/error.h>
#include <gradus/op/op.h>

#include "core/check_number.h"
#include "graph/graph_state.h"
#include "ops/kernels/wrapping.h"

namespace gradus {
namespace {

// Between start and stop, though the distance may be no int64.
std::int64_t wrapping_product(std::int64_t i, std::int64_t step) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(i) *
                                   static_cast<std::uint64_t>(step));
}

[[noreturn]] void refuse(std::string text, SourceLocation where) {
  throw GraphError(at_line(std::move(text), where));
}

// How many elements start, start + step, ... has before stop, at most 2^60 + 1.
std::int64_t count_of(std::int64_t start, std::int64_t stop, std::int64_t step) {
  if (step > 0 ? start >= stop : start <= stop) return 0;
  const auto low = static_cast<std::uint64_t>(step > 0 ? start : stop);
  const auto high = static_cast<std::uint64_t>(step > 0 ? stop : start);
  const auto size = static_cast<std::uint64_t>(step);
  const std::uint64_t count = (high - low - 1) / (step > 0 ? size : 0 - size) + 1;
  constexpr auto most = static_cast<std::uint64_t>(max_element_count);
  return static_cast<std::int64_t>(std::min(count, most + 1));
}
std::int64_t count_of(double start, double stop, double step) {
  const double count = std::ceil((stop - start) / step);
  if (!(count > 0)) return 0;
  constexpr auto most = static_cast<double>(max_element_count);
  return count > most ? max_element_count + 1 : static_cast<std::int64_t>(count);
}

}  // namespace

extern constexpr Composite full_composite{
    .name = "full",
    .doc = "An array of this shape whose elements are all one number.",
    .formula = "y[i] = value",
    .latex = "y_i = c",
    .examples = {{[](Graph& g) {
                    return full(g, {2, 2}, 7);
                  },
                  "[[7, 7], [7, 7]]"}},
};
extern constexpr Composite zeros_composite{
    .name = "zeros",
    .doc = "An array of this shape whose elements are all 0.",
    .formula = "y[i] = 0",
    .latex = "y_i = 0",
    .examples = {{[](Graph& g) { return zeros(g, {3}); }, "[0, 0, 0]"}},
};
extern constexpr Composite ones_composite{
    .name = "ones",
    .doc = "An array of this shape whose elements are all 1.",
    .formula = "y[i] = 1",
    .latex = "y_i = 1",
    .examples = {{[](Graph& g) { return ones(g, {3}); }, "[1, 1, 1]"}},
};
extern constexpr Composite range_composite{
    .name = "range",
    .doc = "The numbers start, start + step, ... before stop.",
    .formula = "y[i] = start + i step",
    .latex = "y_i = a + i h",
    .examples = {{[](Graph& g) { return range(g, 0, 10, 3); }, "[0, 3, 6, 9]"},
                 {[](Graph& g) { return range(g, 1, 0, -0.25); }, "[1, 0.75, 0.5, 0.25]"}},
};
extern constexpr Composite linspace_composite{
    .name = "linspace",
    .doc = "So many numbers from start to stop, both included, equally far apart.",
    .formula = "y[i] = start + i (stop - start) / (count - 1)",
    .latex = R"(y_i = a + i \frac{b - a}{n - 1})",
    .examples = {{[](Graph& g) { return linspace(g, 0, 1, 5); }, "[0, 0.25, 0.5, 0.75, 1]"}},
};
extern constexpr Composite eye_composite{
    .name = "eye",
    .doc = "The identity matrix: 1 on the diagonal, 0 elsewhere.",
    .formula = "y[i, j] = 1 if i = j, 0 elsewhere",
    .latex = "I",
    .examples = {{[](Graph& g) { return eye(g, 2); }, "[[1, 0], [0, 1]]"}},
};

Tensor full(Graph& g, const Shape& shape, Number value, DType dtype, SourceLocation where) {
  check_fits("full", value, dtype, where);
  if (!shape.is_known())
    throw ShapeError(at_line("full: a size is unknown: " + to_text(shape), where));
  const At at(g.state(), where);
  const Tensor number(g.shared_state(), g.state().literal(value, dtype, where));
  return broadcast_to({number, where}, shape);
}
Tensor zeros(Graph& g, const Shape& shape, DType dtype, SourceLocation where) {
  return full(g, shape, 0, dtype, where);
}
Tensor ones(Graph& g, const Shape& shape, DType dtype, SourceLocation where) {
  return full(g, shape, 1, dtype, where);
}

Tensor range(Graph& g, Number start, Number stop, Number step, DType dtype, SourceLocation where) {
  if (dtype == boolean) throw DTypeError(at_line("range: bool has no steps", where));
  for (const Number& number : {start, stop, step}) {
    if (!std::isfinite(number.real())) refuse("range: " + to_text(number) + " is no end", where);
    check_fits("range", number, dtype, where);
  }
  if (step.real() == 0) refuse("range: step 0 leads nowhere", where);
  const bool are_integers = start.is_integer() && stop.is_integer() && step.is_integer();
  const std::int64_t count = are_integers
                                 ? count_of(start.integer(), stop.integer(), step.integer())
                                 : count_of(start.real(), stop.real(), step.real());
  if (count > max_element_count) refuse("range: there are more than 2^60 elements", where);
  Array values = Array::uninitialized({count}, dtype);
  visit(dtype, [&]<class T>(T) {
    T* y = static_cast<T*>(values.mutable_data());
    for (std::int64_t i = 0; i < count; ++i)
      y[i] =
          are_integers
              ? static_cast<T>(wrapping_sum(start.integer(), wrapping_product(i, step.integer())))
              : static_cast<T>(start.real() + static_cast<double>(i) * step.real());
  });
  return g.constant(values, where);
}

Tensor linspace(Graph& g, double start, double stop, std::int64_t count, DType dtype,
                SourceLocation where) {
  if (!is_float(dtype))
    throw DTypeError(
        at_line(fmt::format("linspace: needs float32 or float64, got {}", to_text(dtype)), where));
  for (double end : {start, stop})
    if (!std::isfinite(end)) refuse(fmt::format("linspace: {} is no end", end), where);
  if (count < 0 || count > max_element_count)
    refuse(fmt::format("linspace: {} elements, 0 to 2^60 are possible", count), where);
  Array values = Array::zeros({count}, float64);
  double* y = static_cast<double*>(values.mutable_data());
  // Weights instead of a step: stop - start may be beyond the largest number.
  for (std::int64_t i = 0; i < count; ++i) {
    const double part = count == 1 ? 0 : static_cast<double>(i) / static_cast<double>(count - 1);
    y[i] = start * (1 - part) + stop * part;
  }
  return g.constant(dtype == float64 ? values : values.cast(dtype), where);
}

Tensor eye(Graph& g, std::int64_t n, DType dtype, SourceLocation where) {
  if (n < 0) refuse(fmt::format("eye: {} rows", n), where);
  const At at(g.state(), where);
  const Tensor diagonal = ones(g, Shape({n}, where), dtype, where);
  return diag({diagonal, where});
}

}  // namespace gradus
