// The products of the hand-written step: small, row-major kernels, each for the shapes it is best
// at.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "hand_math.h"

namespace bench {

// A matrix in memory: element (i, j) is at[i * stride + j].
template <class T>
struct Matrix {
  T* at;
  std::int64_t stride;

  Matrix rows_from(std::int64_t i) const { return {at + i * stride, stride}; }
  Matrix columns_from(std::int64_t j) const { return {at + j, stride}; }
};

// A tile's size as an index has it.
template <std::size_t n>
constexpr std::int64_t count = static_cast<std::int64_t>(n);

// rows x (vectors wide) sums of a[i, k] b[k, j]: a is read through two strides, b by rows.
template <class T, std::size_t rows, std::size_t vectors>
[[gnu::always_inline]] inline void accumulate(Vector<T> (&sum)[rows][vectors], std::int64_t depth,
                                              const T* a, std::int64_t a_row, std::int64_t a_depth,
                                              const T* b, std::int64_t b_stride) {
  for (std::int64_t k = 0; k < depth; ++k) {
    Vector<T> v[vectors];
    for (std::int64_t j = 0; j < count<vectors>; ++j) v[j] = load(b + k * b_stride + j * lanes<T>);
    for (std::int64_t i = 0; i < count<rows>; ++i) {
      const Vector<T> u = broadcast(a[i * a_row + k * a_depth]);
      for (std::int64_t j = 0; j < count<vectors>; ++j) sum[i][j] += u * v[j];
    }
  }
}

// c = a b for few rows: b is read once, nothing is copied. `columns` is a multiple of the lanes.
template <class T, std::size_t rows, std::size_t vectors>
[[gnu::always_inline]] inline void few_rows_tile(std::int64_t depth, Matrix<const T> a,
                                                 Matrix<const T> b, Matrix<T> c) {
  Vector<T> sum[rows][vectors] = {};
  accumulate<T>(sum, depth, a.at, a.stride, 1, b.at, b.stride);
  for (std::int64_t i = 0; i < count<rows>; ++i)
    for (std::int64_t j = 0; j < count<vectors>; ++j)
      store(c.at + i * c.stride + j * lanes<T>, sum[i][j]);
}

template <class T, std::size_t vectors>
void few_rows_panel(std::int64_t rows, std::int64_t depth, Matrix<const T> a, Matrix<const T> b,
                    Matrix<T> c) {
  std::int64_t i = 0;
  if (rows % 6 != 0 && rows % 5 == 0)
    for (; i < rows; i += 5) few_rows_tile<T, 5, vectors>(depth, a.rows_from(i), b, c.rows_from(i));
  for (; i + 6 <= rows; i += 6)
    few_rows_tile<T, 6, vectors>(depth, a.rows_from(i), b, c.rows_from(i));
  for (; i + 2 <= rows; i += 2)
    few_rows_tile<T, 2, vectors>(depth, a.rows_from(i), b, c.rows_from(i));
  for (; i < rows; ++i) few_rows_tile<T, 1, vectors>(depth, a.rows_from(i), b, c.rows_from(i));
}

template <class T>
void few_rows_product(std::int64_t rows, std::int64_t columns, std::int64_t depth,
                      Matrix<const T> a, Matrix<const T> b, Matrix<T> c) {
  std::int64_t j = 0;
  for (; j + 2 * lanes<T> <= columns; j += 2 * lanes<T>)
    few_rows_panel<T, 2>(rows, depth, a, b.columns_from(j), c.columns_from(j));
  for (; j < columns; j += lanes<T>)
    few_rows_panel<T, 1>(rows, depth, a, b.columns_from(j), c.columns_from(j));
}

// c = a b^T for few rows: both are read along the depth, a multiple of the lanes.
template <class T, std::size_t rows, std::size_t columns>
[[gnu::always_inline]] inline void dot_tile(std::int64_t depth, Matrix<const T> a,
                                            Matrix<const T> b, Matrix<T> c) {
  Vector<T> sum_of[rows][columns] = {};
  for (std::int64_t k = 0; k < depth; k += lanes<T>) {
    Vector<T> v[columns];
    for (std::int64_t j = 0; j < count<columns>; ++j) v[j] = load(b.at + j * b.stride + k);
    for (std::int64_t i = 0; i < count<rows>; ++i) {
      const Vector<T> u = load(a.at + i * a.stride + k);
      for (std::int64_t j = 0; j < count<columns>; ++j) sum_of[i][j] += u * v[j];
    }
  }
  for (std::int64_t i = 0; i < count<rows>; ++i)
    for (std::int64_t j = 0; j < count<columns>; ++j) c.at[i * c.stride + j] = sum<T>(sum_of[i][j]);
}

template <class T>
void few_rows_dots(std::int64_t rows, std::int64_t columns, std::int64_t depth, Matrix<const T> a,
                   Matrix<const T> b, Matrix<T> c) {
  for (std::int64_t j = 0; j < columns; j += 2) {  // even in this model
    const Matrix<const T> two = b.rows_from(j);
    const Matrix<T> to = c.columns_from(j);
    std::int64_t i = 0;
    for (; i + 5 <= rows; i += 5) dot_tile<T, 5, 2>(depth, a.rows_from(i), two, to.rows_from(i));
    for (; i < rows; ++i) dot_tile<T, 1, 2>(depth, a.rows_from(i), two, to.rows_from(i));
  }
}

// w <- keep w - rate a^T b, and the sum of squares that w had: weight decay, gradient, step of SGD
// and the norm in the loss are one pass over w. Panels of a (6 wide) and b (2 vectors wide) are
// packed for a piece of the depth.
template <class T>
class WeightUpdate {
 public:
  // Where w has at most so many rows.
  explicit WeightUpdate(std::int64_t max_rows)
      : a_panels_(static_cast<std::size_t>((max_rows + tile_rows) * max_depth)),
        b_panel_(static_cast<std::size_t>(2 * lanes<T> * max_depth)) {}

  T run(std::int64_t rows, std::int64_t columns, std::int64_t depth, Matrix<const T> a,
        Matrix<const T> b, T rate, T keep, Matrix<T> w) {
    T squares = 0;
    for (std::int64_t k = 0; k < depth; k += max_depth) {
      const std::int64_t piece = std::min(max_depth, depth - k);
      squares += piece_of_depth(rows, columns, piece, a.rows_from(k), b.rows_from(k), rate,
                                k == 0 ? keep : T(1), w, k == 0);
    }
    return squares;
  }

 private:
  static constexpr std::int64_t tile_rows = 6, max_depth = 256;

  T piece_of_depth(std::int64_t rows, std::int64_t columns, std::int64_t depth, Matrix<const T> a,
                   Matrix<const T> b, T rate, T keep, Matrix<T> w, bool is_first) {
    for (std::int64_t i = 0; i < rows; i += tile_rows)
      for (std::int64_t k = 0; k < depth; ++k)
        for (std::int64_t r = 0; r < tile_rows; ++r)
          a_panels_[static_cast<std::size_t>(i * depth + k * tile_rows + r)] =
              i + r < rows ? rate * a.at[k * a.stride + i + r] : 0;
    Vector<T> squares{};
    std::int64_t j = 0;
    for (; j + 2 * lanes<T> <= columns; j += 2 * lanes<T>)
      panel<2>(rows, depth, b.columns_from(j), keep, w.columns_from(j), squares);
    for (; j < columns; j += lanes<T>)
      panel<1>(rows, depth, b.columns_from(j), keep, w.columns_from(j), squares);
    return is_first ? sum<T>(squares) : T(0);
  }

  template <std::size_t vectors>
  void panel(std::int64_t rows, std::int64_t depth, Matrix<const T> b, T keep, Matrix<T> w,
             Vector<T>& squares) {
    constexpr std::int64_t width = count<vectors> * lanes<T>;
    for (std::int64_t k = 0; k < depth; ++k)
      for (std::int64_t v = 0; v < count<vectors>; ++v)
        store(&b_panel_[static_cast<std::size_t>(k * width + v * lanes<T>)],
              load(b.at + k * b.stride + v * lanes<T>));
    for (std::int64_t i = 0; i < rows; i += tile_rows) {
      const T* a = &a_panels_[static_cast<std::size_t>(i * depth)];
      if (i + tile_rows <= rows)
        tile<std::size_t{tile_rows}, vectors>(depth, a, keep, w.rows_from(i), squares);
      else
        for (std::int64_t r = i; r < rows; ++r)
          tile<1, vectors>(depth, a + (r - i), keep, w.rows_from(r), squares);
    }
  }

  template <std::size_t rows, std::size_t vectors>
  [[gnu::always_inline]] void tile(std::int64_t depth, const T* a, T keep, Matrix<T> w,
                                   Vector<T>& squares) {
    for (std::int64_t i = 0; i < count<rows>; ++i)
      __builtin_prefetch(w.at + (i + count<rows>)*w.stride, 1);
    Vector<T> sums[rows][vectors] = {};
    accumulate<T>(sums, depth, a, 1, tile_rows, b_panel_.data(), count<vectors> * lanes<T>);
    for (std::int64_t i = 0; i < count<rows>; ++i)
      for (std::int64_t j = 0; j < count<vectors>; ++j) {
        T* at = w.at + i * w.stride + j * lanes<T>;
        const Vector<T> old = load(at);
        squares += old * old;
        store(at, old * keep - sums[i][j]);
      }
  }

  std::vector<T> a_panels_, b_panel_;
};

}  // namespace bench
