#include <gradus/op/default_rules.h>

#include <algorithm>

#include <fmt/format.h>

namespace gradus {

std::optional<Shape> broadcast_shape(const Shape& a, const Shape& b) {
  std::vector<std::int64_t> common;
  const std::int64_t rank = std::max(a.rank(), b.rank());
  for (std::int64_t i = 0; i < rank; ++i) {
    const std::int64_t from_end = rank - i;
    const std::int64_t x = from_end > a.rank() ? 1 : a[a.rank() - from_end];
    const std::int64_t y = from_end > b.rank() ? 1 : b[b.rank() - from_end];
    if (x == y || y == 1)
      common.push_back(x);
    else if (x == 1)
      common.push_back(y);
    // An unknown dimension must turn out as 1 or as the other one.
    else if (x == any_size || y == any_size)
      common.push_back(x == any_size ? y : x);
    else
      return {};
  }
  return Shape(common);
}

Shape rules::same_shape(const Call& f, std::span<const Shape> shapes) {
  Shape common;
  for (const Shape& s : shapes) {
    if (s.rank() == 0 || s == common) continue;
    // Only a run can meet shapes that broadcast: of dimensions unknown before.
    if (common.rank() != 0 && broadcast_shape(common, s))
      f.fail(fmt::format(
          "shapes were taken as equal and differ: {} and {}; write broadcast_like(a, b) "
          "for an a that is to be repeated to the shape of b",
          to_text(common), to_text(s)));
    if (common.rank() != 0)
      f.fail(fmt::format("shapes do not broadcast: {} and {}", to_text(common), to_text(s)));
    common = s;
  }
  return common;
}

DType rules::same_dtype(const Call& f, std::span<const DType> dtypes) {
  for (DType d : dtypes)
    if (d != dtypes[0])
      f.fail_dtype(fmt::format("dtypes differ: {} and {}", to_text(dtypes[0]), to_text(d)));
  return dtypes[0];
}

DType rules::same_float(const Call& f, std::span<const DType> dtypes) {
  const DType dtype = same_dtype(f, dtypes);
  if (!is_float(dtype))
    f.fail_dtype(fmt::format("needs float32 or float64, got {}", to_text(dtype)));
  return dtype;
}

}  // namespace gradus
