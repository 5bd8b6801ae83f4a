// The sizes of an array along its axes.
//
//   Shape images{any_size, 28, 28};      // a batch of any size
//   images.rank();                  // 3
//   to_text(images);                // "[?, 28, 28]"
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include <gradus/source_location.h>

namespace gradus {

// A dimension that is not known before the run.
inline constexpr std::int64_t any_size = -1;

inline constexpr std::int64_t max_rank = 8;
inline constexpr std::int64_t max_element_count = std::int64_t{1} << 60;

// At most max_rank dimensions, each `any_size`, 0 or more. The product of the known ones that are
// not 0 is at most max_element_count, so that sizes and strides never overflow. ShapeError
// otherwise.
class Shape {
 public:
  constexpr Shape() = default;  // of a scalar
  Shape(std::initializer_list<std::int64_t> dimensions,
        SourceLocation where = SourceLocation::current());
  Shape(const std::vector<std::int64_t>& dimensions,
        SourceLocation where = SourceLocation::current());
  explicit Shape(std::span<const std::int64_t> dimensions,
                 SourceLocation where = SourceLocation::current());

  std::int64_t rank() const { return rank_; }
  // axis from 0 to rank - 1.
  std::int64_t operator[](std::int64_t axis) const {
    return dimensions_[static_cast<std::size_t>(axis)];
  }
  const std::int64_t* begin() const { return dimensions_.data(); }
  const std::int64_t* end() const { return dimensions_.data() + rank_; }
  std::vector<std::int64_t> to_vector() const { return {begin(), end()}; }

  // Whether no dimension is `any_size`.
  bool is_known() const;
  // The product of all dimensions; the shape is known.
  std::int64_t element_count() const {
    std::int64_t count = 1;
    for (std::int64_t size : *this) count *= size;
    return count;
  }

  friend bool operator==(const Shape& a, const Shape& b);

 private:
  std::array<std::int64_t, max_rank> dimensions_{};
  std::int64_t rank_ = 0;
};

// "[?, 784]"; "[]" for a scalar.
std::string to_text(const Shape& shape);

// Whether an array of shape `actual` may stand where `expected` is declared: `any_size` takes every
// size.
bool accepts(const Shape& expected, const Shape& actual);

std::size_t hash_value(const Shape& shape);

}  // namespace gradus

template <>
struct std::hash<gradus::Shape> {
  std::size_t operator()(const gradus::Shape& shape) const { return gradus::hash_value(shape); }
};
