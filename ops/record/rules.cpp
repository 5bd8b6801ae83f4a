#include <gradus/op/rules.h>

#include <algorithm>

#include <fmt/format.h>

namespace gradus {
namespace {

std::int64_t counted(const Call& f, std::int64_t axis, std::int64_t rank) {
  if (axis < -rank || axis >= rank) {
    if (rank == 0) f.fail(fmt::format("axis {} of a scalar", axis));
    f.fail(fmt::format("axis {} is out of range for rank {}: {} to {} are possible", axis, rank,
                       -rank, rank - 1));
  }
  return axis < 0 ? axis + rank : axis;
}

}  // namespace

DType rules::same_number(const Call& f, std::span<const DType> dtypes) {
  if (!std::ranges::all_of(dtypes, is_number)) f.fail_dtype("needs numbers, got bool");
  return same_dtype(f, dtypes);
}

DType rules::all_bool(const Call& f, std::span<const DType> dtypes) {
  for (DType d : dtypes)
    if (d != boolean) f.fail_dtype(fmt::format("needs bool, got {}", to_text(d)));
  return boolean;
}

double rounded_to(DType dtype, double number) {
  return visit_float(dtype,
                     [&]<class T>(T) { return static_cast<double>(static_cast<T>(number)); });
}

AxisSet chosen_axes(const Call& f, const Axes& axes, std::int64_t rank) {
  AxisSet chosen;
  if (axes.is_all()) chosen.set();
  for (std::int64_t axis : axes.list()) {
    const auto i = static_cast<std::size_t>(counted(f, axis, rank));
    if (chosen[i]) f.fail(fmt::format("axis {} stands twice in {}", i, to_text(axes)));
    chosen[i] = true;
  }
  return chosen;
}

std::int64_t chosen_axis(const Call& f, std::int64_t axis, std::int64_t rank) {
  return counted(f, axis, rank);
}

bool may_equal(const Shape& a, const Shape& b) {
  return std::ranges::equal(a, b, [](std::int64_t x, std::int64_t y) {
    return x == y || x == any_size || y == any_size;
  });
}

void check_fits(const Call& f, std::string_view name, const Shape& found, const Shape& expected) {
  if (!may_equal(found, expected))
    f.fail(fmt::format("{} must be {}, got {}", name, to_text(expected), to_text(found)));
}

void check_rank(const Call& f, std::int64_t rank) {
  if (rank > max_rank)
    f.fail(fmt::format("the result has {} axes, at most {} are possible", rank, max_rank));
}

Shape reduced_shape(const Call& f, const Shape& x, const Axes& axes, bool keepdims) {
  const AxisSet gone = chosen_axes(f, axes, x.rank());
  std::vector<std::int64_t> y;
  for (std::int64_t i = 0; i < x.rank(); ++i) {
    if (!gone[static_cast<std::size_t>(i)])
      y.push_back(x[i]);
    else if (keepdims)
      y.push_back(1);
  }
  return y;
}

}  // namespace gradus
