#include "proof/value.h"

#include <algorithm>

namespace gradus::proof {

std::size_t Value::place(const Indices& index) const {
  std::int64_t n = 0;
  for (std::size_t i = 0; i < shape.size(); ++i) n = n * shape[i] + index[i];
  return static_cast<std::size_t>(n);
}

Indices Value::index(std::int64_t n) const {
  Indices index(shape.size());
  for (std::size_t i = shape.size(); i-- > 0; n /= shape[i]) index[i] = n % shape[i];
  return index;
}

Value Value::from(Indices shape, const std::function<Real(const Indices&)>& f) {
  Value made{std::move(shape), {}};
  const std::int64_t n = count(made.shape);
  made.at.reserve(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) made.at.push_back(f(made.index(i)));
  return made;
}

std::int64_t count(const Indices& shape) {
  std::int64_t n = 1;
  for (std::int64_t size : shape) n *= size;
  return n;
}

Indices under(const Indices& index, const Indices& operand_shape) {
  Indices own(operand_shape.size());
  for (std::size_t i = 0; i < own.size(); ++i)
    own[i] = operand_shape[i] == 1 ? 0 : index[index.size() - own.size() + i];
  return own;
}

Indices broadcast(const Indices& a, const Indices& b) {
  Indices common = a.size() < b.size() ? b : a;
  const Indices& shorter = a.size() < b.size() ? a : b;
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    std::int64_t& size = common[common.size() - shorter.size() + i];
    if (size == 1) size = shorter[i];
  }
  return common;
}

}  // namespace gradus::proof
