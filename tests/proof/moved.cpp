#include "proof/moved.h"

#include <algorithm>
#include <cmath>

namespace gradus::proof {

std::size_t axis_of(std::int64_t axis, std::size_t rank) {
  return axis < 0 ? rank - static_cast<std::size_t>(-axis) : static_cast<std::size_t>(axis);
}

Value in_shape(const Value& x, Indices shape) {
  const auto unknown = std::ranges::find(shape, -1);
  if (unknown != shape.end()) {
    *unknown = 1;
    *unknown = x.size() / std::max<std::int64_t>(count(shape), 1);
  }
  return {std::move(shape), x.at};
}

Value mapped(const Value& x, const Indices& shape, const Mapping& from) {
  return Value::from(shape, [&](Indices index) {
    for (std::size_t i = 0; i < index.size(); ++i) index[i] = from(i, index[i], x.shape[i]);
    return x[index];
  });
}

Value summed(const Value& y, const Indices& shape, const Mapping& from) {
  Value x{shape, {}};
  x.at.resize(static_cast<std::size_t>(count(shape)));
  x.scale.resize(x.at.size());
  for (std::int64_t n = 0; n < y.size(); ++n) {
    Indices index = y.index(n);
    for (std::size_t i = 0; i < index.size(); ++i) index[i] = from(i, index[i], shape[i]);
    const Real v = y.at[static_cast<std::size_t>(n)];
    x.at[x.place(index)] += v;
    x.scale[x.place(index)] += 8 * std::abs(v);
  }
  return x;
}

}  // namespace gradus::proof
