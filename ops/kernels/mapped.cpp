#include "mapped.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "strides.h"

namespace gradus {
namespace {

std::size_t bytes_of_maps(const Shape& y) {
  std::int64_t positions = 0;
  for (std::int64_t size : y) positions += size;
  return static_cast<std::size_t>(positions) * sizeof(std::int64_t);
}

// Calls each(place in y, place in x, n) for the runs of n elements that lie together in both.
class MappedRuns {
 public:
  MappedRuns(const KernelCall& call, AxisMap from, const Shape& y, const Shape& x)
      : y_(y), strides_(strides_of(x)), row_(y.rank()) {
    auto* next = static_cast<std::int64_t*>(call.scratch);
    for (std::int64_t axis = 0; axis < y.rank(); ++axis) {
      maps_[static_cast<std::size_t>(axis)] = next;
      for (std::int64_t i = 0; i < y[axis]; ++i) *next++ = from(call.f, axis, i, x[axis]);
    }
    // Axes after the last one that moves are copied whole.
    while (row_ > 0 && is_identity(row_ - 1, x)) length_ *= y[--row_];
    for (std::int64_t axis = 0; axis < row_; ++axis) count_ *= y[axis];
  }

  template <class Each>
  void for_each(Each each) const {
    if (row_ == 0) return each(0, 0, length_);
    const std::int64_t last = row_ - 1, n = y_[last];
    const std::int64_t* const map = maps_[static_cast<std::size_t>(last)];
    const std::int64_t stride = strides_[static_cast<std::size_t>(last)];
    for (std::int64_t row = 0; row < count_ / n; ++row) {
      std::int64_t base = 0, rest = row;
      for (std::int64_t axis = last; axis-- > 0; rest /= y_[axis])
        base += maps_[static_cast<std::size_t>(axis)][rest % y_[axis]] *
                strides_[static_cast<std::size_t>(axis)];
      for (std::int64_t i = 0; i < n; ++i)
        each((row * n + i) * length_, base + map[i] * stride, length_);
    }
  }

 private:
  bool is_identity(std::int64_t axis, const Shape& x) const {
    if (x[axis] != y_[axis]) return false;
    const std::int64_t* const map = maps_[static_cast<std::size_t>(axis)];
    for (std::int64_t i = 0; i < y_[axis]; ++i)
      if (map[i] != i) return false;
    return true;
  }

  const Shape& y_;
  Strides strides_;
  std::array<const std::int64_t*, max_rank> maps_{};
  std::int64_t row_, length_ = 1, count_ = 1;
};

}  // namespace

void copy_mapped(const KernelCall& call, AxisMap from) {
  if (call.output.shape.element_count() == 0) return;
  const MappedRuns runs(call, from, call.output.shape, call.inputs[0].shape);
  visit(call.output.dtype, [&]<class T>(T) {
    const T* x = call.inputs[0].as<T>();
    T* y = static_cast<T*>(call.result);
    runs.for_each([&](std::int64_t to, std::int64_t at, std::int64_t n) {
      if (n == 1)
        y[to] = x[at];
      else
        std::memcpy(y + to, x + at, static_cast<std::size_t>(n) * sizeof(T));
    });
  });
}
std::size_t copy_mapped_scratch(const KernelCall& call) { return bytes_of_maps(call.output.shape); }

void sum_mapped(const KernelCall& call, AxisMap from) {
  visit_float(call.output.dtype, [&]<class T>(T zero) {
    T* x = static_cast<T*>(call.result);
    std::fill_n(x, call.output.shape.element_count(), zero);
    if (call.inputs[0].shape.element_count() == 0) return;
    const T* y = call.inputs[0].as<T>();
    const MappedRuns runs(call, from, call.inputs[0].shape, call.output.shape);
    runs.for_each([&](std::int64_t at, std::int64_t to, std::int64_t n) {
      for (std::int64_t i = 0; i < n; ++i) x[to + i] += y[at + i];
    });
  });
}
std::size_t sum_mapped_scratch(const KernelCall& call) {
  return bytes_of_maps(call.inputs[0].shape);
}

}  // namespace gradus
