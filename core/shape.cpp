#include <gradus/shape.h>

#include <algorithm>

#include "throw_at.h"

namespace gradus {
namespace {

std::string list_text(std::span<const std::int64_t> dimensions) {
  std::string text = "[";
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    if (i != 0) text += ", ";
    text += dimensions[i] == any_size ? "?" : std::to_string(dimensions[i]);
  }
  return text + "]";
}

}  // namespace

Shape::Shape(std::span<const std::int64_t> dimensions, SourceLocation where) {
  if (std::ssize(dimensions) > max_rank)
    throw_at<ShapeError>(where, "shape: {} dimensions, at most {} are possible", dimensions.size(),
                         max_rank);
  std::int64_t count = 1;
  for (std::int64_t size : dimensions) {
    if (size < any_size)
      throw_at<ShapeError>(where, "shape: dimension {} is negative: {}", size,
                           list_text(dimensions));
    if (size > 0 && __builtin_mul_overflow(count, size, &count)) count = max_element_count + 1;
    if (count > max_element_count)
      throw_at<ShapeError>(where, "shape: {} has more than 2^60 elements", list_text(dimensions));
  }
  std::ranges::copy(dimensions, dimensions_.begin());
  rank_ = std::ssize(dimensions);
}
Shape::Shape(std::initializer_list<std::int64_t> dimensions, SourceLocation where)
    : Shape(std::span(dimensions.begin(), dimensions.size()), where) {}
Shape::Shape(const std::vector<std::int64_t>& dimensions, SourceLocation where)
    : Shape(std::span(dimensions), where) {}

bool Shape::is_known() const { return std::find(begin(), end(), any_size) == end(); }

bool operator==(const Shape& a, const Shape& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

std::string to_text(const Shape& shape) {
  return list_text({shape.begin(), static_cast<std::size_t>(shape.rank())});
}

bool accepts(const Shape& expected, const Shape& actual) {
  return std::equal(expected.begin(), expected.end(), actual.begin(), actual.end(),
                    [](std::int64_t e, std::int64_t a) { return e == any_size || e == a; });
}

std::size_t hash_value(const Shape& shape) {
  // `any_size` counts as 0, and no usual size turns the first product into 0.
  std::uint64_t hash = 0x243f6a8885a308d3u + static_cast<std::uint64_t>(shape.rank());
  for (std::int64_t size : shape)
    hash = (hash ^ static_cast<std::uint64_t>(size + 1)) * 0x9e3779b97f4a7c15u;
  return static_cast<std::size_t>(hash ^ (hash >> 32));
}

}  // namespace gradus
