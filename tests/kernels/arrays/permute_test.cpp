#include "kernels/arrays/permute.h"

#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace gradus {
namespace {

using Numbers = std::vector<std::int64_t>;

std::int64_t count(const Numbers& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

// Element by element, from the definition; x is 0, 1, 2, ... and the copy begins at `origin`.
template <class U>
std::vector<U> expected_copy(const Numbers& shape, const Numbers& strides, std::int64_t origin) {
  std::vector<U> y;
  for (std::int64_t n = 0; n < count(shape); ++n) {
    std::int64_t offset = origin, rest = n;
    for (std::size_t k = shape.size(); k-- > 0; rest /= shape[k])
      offset += rest % shape[k] * strides[k];
    y.push_back(static_cast<U>(offset));
  }
  return y;
}

template <class U>
void expect_copy_of(const Numbers& shape, const Numbers& strides) {
  std::int64_t low = 0, high = 0;
  for (std::size_t k = 0; k < shape.size(); ++k)
    (strides[k] < 0 ? low : high) += (shape[k] - 1) * strides[k];
  std::vector<U> x(static_cast<std::size_t>(high - low + 1));  // no element more than is read
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<U>(i);
  std::vector<U> y(static_cast<std::size_t>(count(shape)), 99);
  copy_strided(x.data() - low, y.data(), sizeof(U), shape, strides);
  EXPECT_EQ(y, expected_copy<U>(shape, strides, -low))
      << testing::PrintToString(shape) << " " << testing::PrintToString(strides);
}

void expect_copy(const Numbers& shape, const Numbers& strides) {
  expect_copy_of<std::uint8_t>(shape, strides);
  expect_copy_of<std::uint32_t>(shape, strides);
  expect_copy_of<std::uint64_t>(shape, strides);
}

TEST(CopyStrided, copies_what_is_contiguous) {
  expect_copy({5}, {1});
  expect_copy({2, 3, 4}, {12, 4, 1});
}

TEST(CopyStrided, copies_a_scalar) { expect_copy({}, {}); }

TEST(CopyStrided, of_no_element_reads_and_writes_nothing) {
  const Numbers strides{5, 4, 3};
  for (const Numbers& shape : {Numbers{3, 0}, {0, 3}, {2, 0, 3}})
    copy_strided(nullptr, nullptr, 4, shape, std::span(strides).first(shape.size()));
}

TEST(CopyStrided, transposes_matrices_of_all_small_sizes) {
  for (std::int64_t rows = 1; rows <= 20; ++rows)
    for (std::int64_t columns = 1; columns <= 20; ++columns)
      expect_copy({rows, columns}, {1, rows});
  expect_copy({37, 70}, {1, 37});
}

TEST(CopyStrided, permutes_axes) {
  expect_copy({4, 2, 3}, {1, 12, 4});
  expect_copy({3, 4, 2}, {4, 1, 12});
  expect_copy({3, 5, 2, 4}, {4, 24, 12, 1});
  expect_copy({2, 2, 2, 2, 2, 2, 2, 3}, {1, 2, 4, 8, 16, 32, 64, 128});
}

TEST(CopyStrided, repeats_along_axes_of_stride_0) {
  expect_copy({4, 3}, {0, 1});
  expect_copy({4, 3}, {1, 0});
  expect_copy({4, 3}, {0, 0});
  expect_copy({2, 4, 3}, {3, 0, 1});
  expect_copy({3, 2, 5}, {1, 0, 3});
}

TEST(CopyStrided, runs_backwards_along_negative_strides) {
  expect_copy({5}, {-1});
  expect_copy({4, 3}, {-3, -1});
  expect_copy({4, 3}, {3, -1});
  expect_copy({4, 7}, {1, -4});
}

TEST(CopyStrided, reads_a_slice_with_gaps) {
  expect_copy({4, 3}, {10, 2});
  expect_copy({3, 4}, {2, 10});
  expect_copy({6, 5}, {1, 9});
}

TEST(CopyStrided, reads_overlapping_windows) {
  expect_copy({4, 3}, {1, 1});
  expect_copy({3, 5, 2}, {4, 1, 2});
}

TEST(CopyStrided, rows_of_the_copy_are_made_one_by_one) {
  const Numbers shape{7, 5}, strides{1, 7};
  std::vector<std::uint32_t> x(35), y(35, 99);
  std::iota(x.begin(), x.end(), 0u);
  for (const auto& [first, last] : {std::pair{0, 2}, {2, 2}, {2, 7}})
    copy_strided_rows(x.data(), y.data(), 4, shape, strides, first, last);
  EXPECT_EQ(y, expected_copy<std::uint32_t>(shape, strides, 0));
}

}  // namespace
}  // namespace gradus
