#include "matrices.h"

#include <algorithm>
#include <array>
#include <span>

#include <gradus/broadcast.h>

namespace gradus {

Shape batch_of(const Shape& s) {
  return Shape(std::span(s.begin(), static_cast<std::size_t>(s.rank() - 2)));
}
Shape with_matrix(const Shape& batch, std::int64_t rows, std::int64_t columns) {
  std::array<std::int64_t, max_rank + 2> all{};
  const auto end = std::ranges::copy(batch, all.begin()).out;
  end[0] = rows;
  end[1] = columns;
  return Shape(
      std::span<const std::int64_t>(all).first(static_cast<std::size_t>(batch.rank() + 2)));
}

std::int64_t batch_count(const Shape& s) {
  std::int64_t count = 1;
  for (std::int64_t i = 0; i < s.rank() - 2; ++i) count *= s[i];
  return count;
}

std::int64_t matrix_of(const Shape& x, const Shape& y, std::int64_t n) {
  std::int64_t matrix = 0, stride = 1;
  for (std::int64_t i = y.rank() - 2; i-- > 0; n /= y[i]) {
    const std::int64_t own = i - (y.rank() - x.rank());
    if (own < 0) break;
    if (x[own] != 1) matrix += n % y[i] * stride;
    stride *= x[own];
  }
  return matrix;
}

Tensor summed_to(const Tensor& x, const Shape& other, const Tensor& dx) {
  const bool has_its_batch = other.rank() == 2 || (batch_of(x.shape()).is_known() &&
                                                   batch_of(x.shape()) == batch_of(dx.shape()));
  return has_its_batch && x.rank() == dx.rank() ? dx : sum_like(dx, x);
}

}  // namespace gradus
