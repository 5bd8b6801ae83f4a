#include "proof/samples.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include <gradus/random.h>

namespace gradus::proof {
namespace {

// The distance from |x| to the next larger number of T.
template <std::floating_point T>
Real unit_in_the_last_place(Real x) {
  constexpr Real smallest = std::numeric_limits<T>::denorm_min();
  if (x == 0) return smallest;
  const Real unit = std::ldexp(Real{1}, std::ilogb(x) - std::numeric_limits<T>::digits + 1);
  return std::max(unit, smallest);
}

template <class T>
bool is_near(T found, Real expected, std::optional<Real> scale, double units) {
  if constexpr (std::floating_point<T>) {
    if (std::isnan(expected) || std::isnan(found)) return std::isnan(expected) && std::isnan(found);
    if (static_cast<T>(expected) == found) return true;
    constexpr Real largest = std::numeric_limits<T>::max();
    if (std::isinf(expected)) return false;
    // Beyond the largest number inf is as right as the largest is.
    const Real value = std::isinf(found) ? std::copysign(largest, found) : Real{found};
    if (std::isinf(found) && std::abs(expected) < largest * (1 - units * 1e-7L)) return false;
    const Real bound = scale ? std::max<Real>(*scale * std::numeric_limits<T>::epsilon(),
                                              std::numeric_limits<T>::denorm_min())
                             : unit_in_the_last_place<T>(expected);
    return std::abs(value - expected) <= units * bound;
  } else {
    return static_cast<Real>(found) == expected;
  }
}

}  // namespace

Array sample(const Domain& domain, const Shape& shape, DType dtype, const std::string& name) {
  Random random(5, name);
  const auto n = static_cast<std::size_t>(shape.element_count());
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = n; i > 1; --i)
    std::swap(order[i - 1],
              order[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(i)))]);

  Array x = Array::zeros(shape, dtype);
  visit(dtype, [&]<class T>(T) {
    const auto elements = x.mutable_values<T>();
    for (std::size_t i = 0; i < n; ++i) {
      if constexpr (std::same_as<T, bool>) {
        elements[i] = random.below(2) == 1;
      } else if constexpr (std::integral<T>) {
        const auto low = static_cast<std::int64_t>(std::ceil(domain.low));
        const auto high = static_cast<std::int64_t>(std::floor(domain.high));
        elements[i] = static_cast<T>(low + random.below(high - low + 1));
      } else {
        const double place =
            (static_cast<double>(order[i]) + random.uniform(0.25, 0.75)) / static_cast<double>(n);
        double v = domain.low + place * (domain.high - domain.low);
        for (double kink : domain.kinks)
          if (std::abs(v - kink) < 0.05)
            v = kink + std::copysign(0.05 + std::abs(v - kink), v - kink);
        elements[i] = static_cast<T>(v);
      }
    }
  });
  return x;
}

std::vector<Array> samples(const Proof& proof, const std::vector<Shape>& shapes, DType dtype) {
  std::vector<Array> arrays;
  for (std::size_t k = 0; k < shapes.size(); ++k) {
    const Domain& domain = proof.operands[k];
    arrays.push_back(sample(domain, shapes[k], domain.dtype.value_or(dtype),
                            fmt::format("{} {} {}", proof.title(), k, to_text(shapes[k]))));
  }
  return arrays;
}

std::vector<std::vector<Shape>> shape_cases(const Proof& proof) {
  if (!proof.shapes.empty()) return proof.shapes;
  const Shape classes[] = {{}, {1}, {7}, {0}, {3, 0, 2}, {2, 3}, {1, 5}, {1025}, {2, 1, 3, 1, 2}};
  const std::size_t arity = proof.operands.size();
  std::vector<std::vector<Shape>> cases;
  for (const Shape& shape : classes) cases.emplace_back(arity, shape);
  const std::pair<Shape, Shape> broadcasts[] = {
      {{3}, {2, 3}}, {{2, 1}, {1, 3}}, {{}, {2, 3}},          {{5, 1, 4}, {3, 1}},
      {{1}, {0}},    {{0, 3}, {1, 3}}, {{1, 4, 1}, {2, 4, 3}}};
  for (const auto& [narrow, wide] : broadcasts)
    for (std::size_t k = 0; arity > 1 && k < arity; ++k) {
      cases.emplace_back(arity, wide);
      cases.back()[k] = narrow;
    }
  return cases;
}

Value value_of(const Array& array) {
  Value value{array.shape().to_vector(), {}};
  visit(array.dtype(), [&]<class T>(T) {
    for (T element : array.values<T>()) value.at.push_back(static_cast<Real>(element));
  });
  return value;
}

Array array_of(const Value& value, DType dtype) {
  Array array = Array::zeros(Shape(value.shape), dtype);
  visit(dtype, [&]<class T>(T) {
    std::ranges::transform(value.at, array.mutable_values<T>().begin(),
                           [](Real v) { return static_cast<T>(v); });
  });
  return array;
}

std::optional<std::string> difference(const Array& found, const Value& expected, double units) {
  if (found.shape() != Shape(expected.shape))
    return fmt::format("has shape {}, not {}", to_text(found.shape()),
                       to_text(Shape(expected.shape)));
  return visit(found.dtype(), [&]<class T>(T) -> std::optional<std::string> {
    const auto values = found.values<T>();
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::optional<Real> scale =
          expected.scale.empty() ? std::nullopt : std::optional(expected.scale[i]);
      if (!is_near(values[i], expected.at[i], scale, units))
        return fmt::format("element {} is {:.17g}, not {:.21g}", i, static_cast<double>(values[i]),
                           expected.at[i]);
    }
    return {};
  });
}

std::string types_text(const std::vector<Array>& arrays) {
  std::string text;
  for (const Array& x : arrays)
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", to_text(x.dtype()), to_text(x.shape()));
  return text;
}

}  // namespace gradus::proof
