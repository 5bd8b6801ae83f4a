// The bits of a product depend on a row, a column and the presence of fma alone.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/op/thread_pool.h>

#include "kernels/products/matmul.h"
#include "matmul_operands.h"

namespace gradus {
namespace {

// Shapes whose float32 product takes each path: one row, few rows, in place, packed, little depth,
// many panels, several slices of depth and blocks of rows, edges, an op(b) larger than caches.
std::vector<MatmulShape> shapes_of_all_paths() {
  std::vector<MatmulShape> shapes;
  for (const MatmulShape s : {MatmulShape{1, 70, 9},
                              {1, 64, 27},
                              {2, 33, 403},
                              {3, 129, 40},
                              {14, 600, 13},
                              {20, 300, 50},
                              {10, 64, 33},
                              {30, 40, 340},
                              {205, 37, 21},
                              {9, 1, 30},
                              {5, 17, 1},
                              {10, 35, 512},
                              {24, 6, 900},
                              {3, 1, 601},
                              {50, 1100, 250}})
    for (const bool transpose_a : {false, true})
      for (const bool transpose_b : {false, true})
        shapes.push_back({s.rows, s.columns, s.depth, transpose_a, transpose_b});
  return shapes;
}

template <class T>
void expect_bits_independent_of_rows() {
  for (const MatmulShape& s : shapes_of_all_paths()) {
    const Operands<T> x(s);
    for (const InstructionSet set : available_instruction_sets()) {
      const Array all = multiply(s, set, x.a, x.b);
      for (const std::int64_t step : {1, 2, 3, 7}) {
        std::vector<Block> blocks;
        for (std::int64_t i = 0; i < s.rows; i += step)
          blocks.push_back({i, std::min(i + step, s.rows), 0, s.columns});
        EXPECT_EQ(multiply(s, set, x.a, x.b, blocks), all) << describe(s, set) << " by " << step;
      }
    }
  }
}

TEST(MatmulBits, of_a_row_do_not_depend_on_the_other_rows) {
  expect_bits_independent_of_rows<float>();
  expect_bits_independent_of_rows<double>();
}

TEST(MatmulBits, of_a_row_do_not_depend_on_the_size_of_the_batch) {
  const MatmulShape s{.rows = 50, .columns = 33, .depth = 400, .transpose_b = true};
  const Operands<float> x(s);
  for (const InstructionSet set : available_instruction_sets()) {
    const Array all = multiply(s, set, x.a, x.b);
    for (const std::int64_t rows : {1, 2, 7, 24}) {
      MatmulShape batch = s;
      batch.rows = rows;
      EXPECT_EQ(multiply(batch, set, x.a.rows(3, 3 + rows), x.b), all.rows(3, 3 + rows));
    }
  }
}

TEST(MatmulBits, of_a_column_do_not_depend_on_the_other_columns) {
  for (const MatmulShape& s : shapes_of_all_paths()) {
    const Operands<float> x(s);
    for (const InstructionSet set : available_instruction_sets()) {
      const Array all = multiply(s, set, x.a, x.b);
      for (const std::int64_t step : {1, 7, 20}) {
        std::vector<Block> blocks;
        for (std::int64_t j = 0; j < s.columns; j += step)
          blocks.push_back({0, s.rows, j, std::min(j + step, s.columns)});
        EXPECT_EQ(multiply(s, set, x.a, x.b, blocks), all) << describe(s, set) << " by " << step;
      }
    }
  }
}

template <class T>
Array transposed(const Array& x) {
  Array y = Array::zeros({x.shape()[1], x.shape()[0]}, x.dtype());
  const auto to = y.mutable_values<T>();
  std::size_t n = 0;
  for (std::int64_t j = 0; j < x.shape()[1]; ++j)
    for (std::int64_t i = 0; i < x.shape()[0]; ++i) to[n++] = x.at<T>({i, j});
  return y;
}

bool sums_dots(const MatmulShape& s, DType dtype) {
  const MatmulTerm term{{nullptr, s.transpose_a}, {nullptr, s.transpose_b}, s.depth};
  return sums_dots({.rows = s.rows, .columns = s.columns, .terms = {&term, 1}}, dtype);
}

TEST(MatmulBits, do_not_depend_on_the_transpose_flags_but_for_dot_products) {
  for (const MatmulShape& s : shapes_of_all_paths()) {
    if (s.transpose_a || s.transpose_b) continue;
    const Operands<float> x(s);
    const Array a = transposed<float>(x.a), b = transposed<float>(x.b);
    MatmulShape nt = s, tn = s, tt = s;
    nt.transpose_b = tn.transpose_a = tt.transpose_a = tt.transpose_b = true;
    for (const InstructionSet set : available_instruction_sets()) {
      const Array c = multiply(s, set, x.a, x.b);
      if (!sums_dots(nt, float32)) {
        EXPECT_EQ(multiply(nt, set, x.a, b), c) << describe(nt, set);
      }
      EXPECT_EQ(multiply(tn, set, a, x.b), c) << describe(tn, set);
      EXPECT_EQ(multiply(tt, set, a, b), c) << describe(tt, set);
    }
  }
}

TEST(MatmulBits, are_those_of_one_fma_per_term_in_the_order_of_the_depth) {
  const MatmulShape s{4, 3, 300};
  ASSERT_GE(product_slice(s.depth, float32), s.depth);
  const Operands<float> x(s);
  for (const InstructionSet set : available_instruction_sets()) {
    const Array c = multiply(s, set, x.a, x.b);
    for (std::int64_t i = 0; i < 4; ++i)
      for (std::int64_t j = 0; j < 3; ++j) {
        float sum = 0;
        for (std::int64_t k = 0; k < s.depth; ++k) {
          const float rounded = x.a_at(i, k) * x.b_at(k, j);
          sum = has_fma(set) ? std::fma(x.a_at(i, k), x.b_at(k, j), sum) : sum + rounded;
        }
        EXPECT_EQ(c.at<float>({i, j}), sum) << to_text(set);
      }
  }
}

// Of the definition: lane l takes the steps l, l + lanes, ...
template <class T>
void expect_dots(const MatmulShape& s) {
  ASSERT_TRUE(sums_dots(s, dtype_of<T>())) << s.depth;
  ASSERT_GE(dot_slice(s.depth, dtype_of<T>()), s.depth);
  const Operands<T> x(s);
  for (const InstructionSet set : available_instruction_sets()) {
    const Array c = multiply(s, set, x.a, x.b);
    for (std::int64_t i = 0; i < s.rows; ++i)
      for (std::int64_t j = 0; j < s.columns; ++j) {
        std::vector<T> lanes(static_cast<std::size_t>(dot_lanes(dtype_of<T>(), set)));
        for (std::int64_t k = 0; k < s.depth; ++k) {
          T& sum = lanes[static_cast<std::size_t>(k) % lanes.size()];
          const T rounded = x.a_at(i, k) * x.b_at(k, j);
          sum = has_fma(set) ? std::fma(x.a_at(i, k), x.b_at(k, j), sum) : sum + rounded;
        }
        for (std::size_t half = lanes.size() / 2; half > 0; half /= 2)
          for (std::size_t l = 0; l < half; ++l) lanes[l] += lanes[l + half];
        EXPECT_EQ(c.at<T>({i, j}), lanes[0]) << describe(s, set) << ": " << i << ", " << j;
      }
  }
}

TEST(MatmulBits, of_dot_products_are_those_of_their_lanes) {
  expect_dots<float>({.rows = 11, .columns = 7, .depth = 784, .transpose_b = true});
  expect_dots<float>({.rows = 3, .columns = 38, .depth = 523, .transpose_b = true});
  expect_dots<double>({.rows = 7, .columns = 5, .depth = 389, .transpose_b = true});
}

TEST(MatmulBits, are_of_dot_products_where_both_operands_lie_along_a_long_depth) {
  const MatmulShape s{.rows = 1, .columns = 1, .depth = 512, .transpose_b = true};
  EXPECT_TRUE(sums_dots(s, float32));
  EXPECT_TRUE(sums_dots({.rows = 9, .columns = 1, .depth = 256, .transpose_b = true}, float64));
  EXPECT_FALSE(sums_dots({.rows = 1, .columns = 1, .depth = 511, .transpose_b = true}, float32));
  EXPECT_FALSE(sums_dots({.rows = 1, .columns = 1, .depth = 512}, float32));
  MatmulShape transposed = s;
  transposed.transpose_a = true;
  EXPECT_FALSE(sums_dots(transposed, float32));
  EXPECT_EQ(dot_slice(784, float32), 784);
  EXPECT_EQ(dot_slice(900, float32), 464);
  EXPECT_EQ(dot_slice(784, float64), 392);
}

TEST(MatmulBits, depend_on_slices_of_the_depth_that_are_nearly_equal) {
  EXPECT_EQ(product_slice(784, float32), 264);
  EXPECT_EQ(product_slice(384, float32), 384);
  EXPECT_EQ(product_slice(384, float64), 192);
  EXPECT_EQ(product_slice(0, float32), 0);
}

TEST(MatmulBits, are_the_same_on_all_instruction_sets_with_fma_but_for_dot_products) {
  for (const MatmulShape& s : shapes_of_all_paths()) {
    if (sums_dots(s, float32)) continue;
    const Operands<float> x(s);
    std::vector<Array> results;
    for (const InstructionSet set : available_instruction_sets())
      if (has_fma(set)) results.push_back(multiply(s, set, x.a, x.b));
    for (const Array& result : results) EXPECT_EQ(result, results[0]);
  }
}

// As matmul_blocks cuts more work of the same rows and columns.
MatmulBlocks blocks_of(MatmulShape s, int threads) {
  s.depth = 1 << 20;
  return matmul_blocks(s, threads);
}

TEST(MatmulBits, are_the_same_for_any_number_of_threads) {
  for (const MatmulShape& s : shapes_of_all_paths()) {
    const Operands<float> x(s);
    const InstructionSet set = best_instruction_set();
    const Array expected = multiply(s, set, x.a, x.b);
    for (const int threads : {1, 2, 3, 8}) {
      ThreadPool pool(threads);
      Array c = Array::zeros({s.rows, s.columns});
      void* const to = c.mutable_data();
      const MatmulBlocks blocks = blocks_of(s, threads);
      pool.parallel_for(blocks.size(), [&](std::int64_t i) {
        const Scratch scratch(matmul_scratch_bytes(s, float32, set));
        product(s, float32, set, x.a.data(), x.b.data(), to, blocks[i], scratch.data);
      });
      EXPECT_EQ(c, expected) << describe(s, set) << " on " << threads;
    }
  }
}

}  // namespace
}  // namespace gradus
