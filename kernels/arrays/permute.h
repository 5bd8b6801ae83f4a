// Copies with another layout: transposes, broadcasts, slices, reversals.
//
//   // y [3, 2] = transpose of x [2, 3]: y[i, j] = x[i * 1 + j * 3]
//   const std::int64_t shape[] = {3, 2}, strides[] = {1, 3};
//   copy_strided(x, y, sizeof(float), shape, strides);
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace gradus {

// Writes y of `shape`, row-major and contiguous: element (i0, i1, ...) is the one at
// i0 * strides[0] + i1 * strides[1] + ... elements from x. A stride of 0 repeats, a negative one
// runs backwards (x is then the element of index 0, not the lowest address). element_bytes is 1, 4
// or 8; at most max_rank axes, as many strides; y overlaps no element that is read.
void copy_strided(const void* x, void* y, std::size_t element_bytes,
                  std::span<const std::int64_t> shape, std::span<const std::int64_t> strides);

// Only the rows first .. last - 1 of axis 0 of the same y (rank 1 or more): parts for threads.
void copy_strided_rows(const void* x, void* y, std::size_t element_bytes,
                       std::span<const std::int64_t> shape, std::span<const std::int64_t> strides,
                       std::int64_t first, std::int64_t last);

// The way back of copy_strided: element (i0, i1, ...) of x, of `shape`, row-major and contiguous,
// is written i0 * strides[0] + i1 * strides[1] + ... elements from y. Nothing else is written.
void put_strided(const void* x, void* y, std::size_t element_bytes,
                 std::span<const std::int64_t> shape, std::span<const std::int64_t> strides);

}  // namespace gradus
