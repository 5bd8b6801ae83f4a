#include "proof/jacobian.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace gradus::proof {

std::vector<Feed> Point::feeds() const {
  std::vector<Feed> all;
  for (std::size_t i = 0; i < xs_.size(); ++i) all.emplace_back(xs_[i], at_[i]);
  return all;
}

Array Point::value(const Tensor& y) { return session_.run(y, feeds()); }

Matrix Point::symbolic(const Tensor& y, const Tensor& dy, const Tensors& dxs) {
  const Array like = value(y);
  Matrix d;
  // Without elements of y there are no columns, but the gradients exist and have their shapes.
  for (std::int64_t j = 0; j < std::max<std::int64_t>(like.size(), 1); ++j) {
    Array row = Array::zeros(like.shape(), float64);
    if (like.size() != 0) row.mutable_values<double>()[static_cast<std::size_t>(j)] = 1;
    std::vector<Feed> all = feeds();
    all.emplace_back(dy, row);
    std::size_t i = 0;
    for (const Array& dx : session_.run(dxs, all))
      for (double v : dx.values<double>()) {
        if (d.size() == i) d.emplace_back();
        if (like.size() != 0) d[i].push_back(v);
        ++i;
      }
  }
  return d;
}

std::vector<double> Point::five_points(const Tensor& y, double& x, double h, double& largest) {
  const double center = x;
  const auto f = [&](double offset) {
    x = center + offset;
    const std::vector<double> values = value(y).to_vector<double>();
    x = center;
    for (double v : values) largest = std::max(largest, std::abs(v));
    return values;
  };
  const auto a = f(-2 * h), b = f(-h), c = f(h), e = f(2 * h);
  std::vector<double> d(a.size());
  for (std::size_t j = 0; j < d.size(); ++j) d[j] = (8 * (c[j] - b[j]) - (e[j] - a[j])) / (12 * h);
  return d;
}

Differences Point::numeric(const Tensor& y) {
  constexpr double h = 0x1p-10, epsilon = std::numeric_limits<double>::epsilon();
  Differences d;
  for (Array& array : at_) {
    if (array.dtype() != float64) continue;
    for (double& x : array.mutable_values<double>()) {
      double largest = 0;
      const auto coarse = five_points(y, x, h, largest), fine = five_points(y, x, h / 2, largest);
      std::vector<double> bounds(fine.size());
      // The finer one errs by 1/15 of how far they are apart, but for rounding: of 18/12 |y| / h,
      // a few ulp each.
      for (std::size_t j = 0; j < fine.size(); ++j)
        bounds[j] = std::abs(fine[j] - coarse[j]) + 32 * epsilon * largest / h;
      d.values.push_back(fine);
      d.bounds.push_back(bounds);
    }
  }
  return d;
}

std::optional<std::string> difference(const Matrix& symbolic, const Differences& numeric) {
  if (symbolic.size() != numeric.values.size())
    return fmt::format("there are derivatives by {} elements, not {}", symbolic.size(),
                       numeric.values.size());
  for (std::size_t i = 0; i < symbolic.size(); ++i)
    for (std::size_t j = 0; j < symbolic[i].size(); ++j) {
      const double found = symbolic[i][j], expected = numeric.values[i][j];
      const double bound = numeric.bounds[i][j];
      if (!(bound <= 1e-6 * std::max(1.0, std::abs(expected))))
        return fmt::format("dy[{}]/dx[{}] is undecided: {:.10g}, give or take {:.3g}", j, i,
                           expected, bound);
      if (!(std::abs(found - expected) <= bound))
        return fmt::format("dy[{}]/dx[{}] is {:.15g}, not {:.15g}, give or take {:.3g}", j, i,
                           found, expected, bound);
    }
  return {};
}

}  // namespace gradus::proof
