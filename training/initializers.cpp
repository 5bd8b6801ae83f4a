#include <gradus/initializers.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

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

// `count` vectors of `size` numbers, one after the other, of length 1 and perpendicular to each
// other: Gram and Schmidt's, each twice, for once leaves errors of rounding.
std::vector<double> perpendicular(std::size_t count, std::size_t size, Random& random) {
  std::vector<double> all(count * size);
  for (std::size_t i = 0; i < count; ++i) {
    const std::span v = std::span(all).subspan(i * size, size);
    for (double& x : v) x = random.normal();
    for (int times = 0; times < 2; ++times) {
      for (std::size_t j = 0; j < i; ++j) {
        const std::span u = std::span(all).subspan(j * size, size);
        const double along = std::inner_product(u.begin(), u.end(), v.begin(), 0.0);
        for (std::size_t k = 0; k < size; ++k) v[k] -= along * u[k];
      }
      const double length = std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0));
      for (double& x : v) x /= length;
    }
  }
  return all;
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

Initializer orthogonal(const Shape& shape, double gain, DType dtype, SourceLocation where) {
  if (shape.rank() < 2)
    throw_at<ShapeError>(where, "orthogonal: needs two axes or more, got {}", to_text(shape));
  if (!std::isfinite(gain))
    throw_at<GraphError>(where, "orthogonal: the gain is {}, no finite number", gain);
  Initializer made = drawn("orthogonal", shape, dtype, where, [](Random&) { return 0.0; });
  made.make = [shape, gain, dtype](Random& random) {
    Array values = Array::uninitialized(shape, dtype);
    if (values.size() == 0) return values;
    const auto rows = static_cast<std::size_t>(shape[0]);
    const std::size_t columns = static_cast<std::size_t>(values.size()) / rows;
    const bool by_columns = rows > columns;
    const std::vector<double> all =
        perpendicular(std::min(rows, columns), std::max(rows, columns), random);
    visit_float(dtype, [&]<Element T>(T) {
      const std::span<T> out = values.mutable_values<T>();
      for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j)
          out[i * columns + j] =
              static_cast<T>(gain * (by_columns ? all[j * rows + i] : all[i * columns + j]));
    });
    return values;
  };
  return made;
}

}  // namespace gradus
