#include <gradus/initializers.h>

#include <cmath>

#include <fmt/format.h>

#include "core/check_number.h"
#include "core/throw_at.h"

namespace gradus {
namespace {

// An initializer that draws each element by itself, in order.
template <class Draw>
Initializer drawn(std::string name, const Shape& shape, DType dtype, SourceLocation where,
                  Draw draw) {
  if (!is_float(dtype))
    throw_at<DTypeError>(where, "{}: needs float32 or float64, got {}", name, to_text(dtype));
  return {std::move(name), shape, dtype, [shape, dtype, draw](Random& random) {
            Array values = Array::uninitialized(shape, dtype);
            visit_float(dtype, [&]<Element T>(T) {
              for (T& v : values.mutable_values<T>()) v = static_cast<T>(draw(random));
            });
            return values;
          }};
}

Initializer uniform_named(std::string name, const Shape& shape, DType dtype, double low,
                          double high, SourceLocation where) {
  return drawn(std::move(name), shape, dtype, where,
               [low, high](Random& random) { return random.uniform(low, high); });
}

// The deviation of a standard normal cut at two is 0.8796...: divided by it, `stddev` is what the
// drawn numbers have.
Initializer variance_scaled(std::string name, const Shape& shape, DType dtype, double variance,
                            SourceLocation where) {
  const double stddev = std::sqrt(variance) / 0.87962566103423978;
  return drawn(std::move(name), shape, dtype, where,
               [stddev](Random& random) { return stddev * random.truncated_normal(); });
}

void check_normal(std::string_view name, double mean, double stddev, SourceLocation where) {
  if (!std::isfinite(mean) || !std::isfinite(stddev) || stddev < 0)
    throw_at<GraphError>(where, "{}: there is no distribution of mean {} and stddev {}", name, mean,
                         stddev);
}

Layout usual_layout(const Shape& shape) {
  return shape.rank() > 2 ? Layout::inputs_units : Layout::units_inputs;
}

struct Fans {
  double in = 1, out = 1;
  Fans(const Shape& shape, Layout layout) {
    if (shape.rank() == 1) in = out = static_cast<double>(shape[0]);
    if (shape.rank() < 2) return;
    const bool is_units_first = layout == Layout::units_inputs;
    const std::int64_t inputs = is_units_first ? 1 : shape.rank() - 2;
    const std::int64_t units = is_units_first ? 0 : shape.rank() - 1;
    double rest = 1;
    for (std::int64_t i = 0; i < shape.rank(); ++i)
      if (i != inputs && i != units) rest *= static_cast<double>(shape[i]);
    in = static_cast<double>(shape[inputs]) * rest;
    out = static_cast<double>(shape[units]) * rest;
  }
};

}  // namespace

Initializer constant(const Shape& shape, Number value, DType dtype, SourceLocation where) {
  check_fits("constant", value, dtype, where);
  return {"constant", shape, dtype,
          [shape, value, dtype](Random&) { return Array::full(shape, value, dtype); }};
}
Initializer zeros(const Shape& shape, DType dtype, SourceLocation where) {
  return constant(shape, 0, dtype, where);
}
Initializer ones(const Shape& shape, DType dtype, SourceLocation where) {
  return constant(shape, 1, dtype, where);
}

Initializer uniform(const Shape& shape, double low, double high, DType dtype,
                    SourceLocation where) {
  if (!(low <= high) || !std::isfinite(high - low))
    throw_at<GraphError>(where, "uniform: there are no numbers from {} to {}", low, high);
  return uniform_named("uniform", shape, dtype, low, high, where);
}
Initializer normal(const Shape& shape, double mean, double stddev, DType dtype,
                   SourceLocation where) {
  check_normal("normal", mean, stddev, where);
  return drawn("normal", shape, dtype, where,
               [mean, stddev](Random& random) { return mean + stddev * random.normal(); });
}
Initializer truncated_normal(const Shape& shape, double mean, double stddev, DType dtype,
                             SourceLocation where) {
  check_normal("truncated_normal", mean, stddev, where);
  return drawn("truncated_normal", shape, dtype, where, [mean, stddev](Random& random) {
    return mean + stddev * random.truncated_normal();
  });
}

Initializer glorot_uniform(const Shape& shape, Layout layout, DType dtype, SourceLocation where) {
  const Fans fans(shape, layout);
  const double limit = std::sqrt(6 / (fans.in + fans.out));
  return uniform_named("glorot_uniform", shape, dtype, -limit, limit, where);
}
Initializer glorot_normal(const Shape& shape, Layout layout, DType dtype, SourceLocation where) {
  const Fans fans(shape, layout);
  return variance_scaled("glorot_normal", shape, dtype, 2 / (fans.in + fans.out), where);
}
Initializer he_uniform(const Shape& shape, Layout layout, DType dtype, SourceLocation where) {
  const double limit = std::sqrt(6 / Fans(shape, layout).in);
  return uniform_named("he_uniform", shape, dtype, -limit, limit, where);
}
Initializer he_normal(const Shape& shape, Layout layout, DType dtype, SourceLocation where) {
  return variance_scaled("he_normal", shape, dtype, 2 / Fans(shape, layout).in, where);
}

Initializer glorot_uniform(const Shape& shape, DType dtype, SourceLocation where) {
  return glorot_uniform(shape, usual_layout(shape), dtype, where);
}
Initializer glorot_normal(const Shape& shape, DType dtype, SourceLocation where) {
  return glorot_normal(shape, usual_layout(shape), dtype, where);
}
Initializer he_uniform(const Shape& shape, DType dtype, SourceLocation where) {
  return he_uniform(shape, usual_layout(shape), dtype, where);
}
Initializer he_normal(const Shape& shape, DType dtype, SourceLocation where) {
  return he_normal(shape, usual_layout(shape), dtype, where);
}

}  // namespace gradus
