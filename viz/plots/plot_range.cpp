#include "plot_range.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradus {
namespace {

using SeriesKind = Plot::Series::Kind;

// The least and the greatest value that can be drawn.
std::optional<Range> data_range(const Plot& panel, std::size_t axis) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Range range{infinity, -infinity};
  for (const Plot::Series& series : panel.series()) {
    if (series.kind == SeriesKind::reference && axis == 0) continue;
    const std::size_t place = series.kind == SeriesKind::reference ? 0 : axis;
    for (const double value : series.axes[place].values()) {
      if (!std::isfinite(value) || (panel.axis(axis).is_log && value <= 0)) continue;
      range.low = std::min(range.low, value);
      range.high = std::max(range.high, value);
    }
  }
  return range.low <= range.high ? std::optional(range) : std::nullopt;
}

bool has_points(const Plot& panel) {
  return std::any_of(panel.series().begin(), panel.series().end(),
                     [](const Plot::Series& series) { return series.kind == SeriesKind::points; });
}

// Room at both ends, for a length of 1. Lines run from edge to edge.
double room(const Plot& panel, std::size_t axis) {
  return axis == 0 && !has_points(panel) ? 0.0 : 0.05;
}

// The power of ten at or below.
double power_of_ten(double value) { return std::pow(10, std::floor(std::log10(value))); }

// The number of 1, 2, 5, 10, ... times a power of ten nearest above.
double round_step(double value) {
  const double unit = power_of_ten(value);
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * unit >= value) return factor * unit;
  return 10 * unit;
}

// Outward to so many parts of a unit, for a script that people read.
Range rounded(Range range, double low_unit, double high_unit) {
  const double low = std::floor(range.low / low_unit) * low_unit;
  const double high = std::ceil(range.high / high_unit) * high_unit;
  return std::isfinite(low) && std::isfinite(high) ? Range{low, high} : range;
}

Range rounded(Range range) {
  const double unit = power_of_ten(range.high - range.low) / 100;
  return rounded(range, unit, unit);
}

Range widened(Range range, double part) {
  const double length = range.high - range.low;
  if (length == 0) {
    const double around = range.low == 0 ? 1 : std::abs(range.low) / 10;
    return {range.low - around, range.high + around};
  }
  return {range.low - part * length, range.high + part * length};
}

// Clear of the largest and smallest doubles, which gnuplot cannot scale.
bool is_drawable(Range range) {
  constexpr double largest = 1e300, smallest = 1e-300;
  return range.high - range.low > smallest && range.high < largest && range.low > -largest;
}

Range shown_logarithmic(Range data, double part) {
  const Range exponents = widened({std::log10(data.low), std::log10(data.high)}, part);
  const Range range{std::pow(10, exponents.low), std::pow(10, exponents.high)};
  return rounded(range, power_of_ten(range.low) / 1'000, power_of_ten(range.high) / 1'000);
}

// Of this length about the middle of the range.
Range lengthened(Range range, double length) {
  const double unit = power_of_ten(length) / 100;
  length = std::ceil(length / unit) * unit;
  const double low = std::round((range.low + range.high - length) / 2 / unit) * unit;
  return {low, low + length};
}

}  // namespace

std::optional<Range> shown_range(const Plot& panel, std::size_t axis) {
  const std::optional<Range> data = data_range(panel, axis);
  if (!data) return std::nullopt;
  Range range = widened(*data, room(panel, axis));
  if (panel.axis(axis).is_log) {
    range = shown_logarithmic(*data, room(panel, axis));
  } else if (panel.has_equal_axes() && !panel.is_3d()) {
    const Range other = widened(data_range(panel, 1 - axis).value_or(*data), room(panel, 1 - axis));
    range = lengthened(range, std::max(range.high - range.low, other.high - other.low));
  } else if (room(panel, axis) > 0) {
    range = rounded(range);
  }
  return is_drawable(range) ? std::optional(range) : std::nullopt;
}

std::vector<double> few_ticks(const Range& range) {
  const double step = round_step((range.high - range.low) / 6);
  const double first = std::ceil(range.low / step);
  std::vector<double> ticks;
  for (int k = 0; k < 10 && (first + k) * step <= range.high; ++k)
    ticks.push_back((first + k) * step);
  return ticks;
}

std::vector<double> log_ticks(const Range& range) {
  const double ratio = range.high / range.low;
  if (ratio < 10) return few_ticks(range);
  std::vector<double> ticks;
  if (ratio > 1'000) return ticks;
  double unit = power_of_ten(range.low);
  while (unit <= range.high) {
    for (const double factor : {1.0, 2.0, 5.0})
      if (factor * unit >= range.low && factor * unit <= range.high) ticks.push_back(factor * unit);
    unit *= 10;
  }
  return ticks;
}

}  // namespace gradus
