#include "kernels/products/matmul.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "matmul_operands.h"

namespace gradus {
namespace {

// The first element that differs from the definition of the product; "" if there is none.
template <class T>
std::string first_wrong(const Operands<T>& x, const Array& c) {
  const auto values = c.values<T>();
  for (std::int64_t i = 0; i < x.shape.rows; ++i)
    for (std::int64_t j = 0; j < x.shape.columns; ++j) {
      const T actual = values[static_cast<std::size_t>(i * x.shape.columns + j)];
      bool right = false;
      if constexpr (std::is_floating_point_v<T>) {
        long double sum = 0, magnitude = 0;
        for (std::int64_t k = 0; k < x.shape.depth; ++k) {
          const long double term = static_cast<long double>(x.a_at(i, k)) * x.b_at(k, j);
          sum += term, magnitude += std::fabs(term);
        }
        const long double bound =
            static_cast<long double>(x.shape.depth) * std::numeric_limits<T>::epsilon() * magnitude;
        right = std::fabs(actual - sum) <= bound;
      } else {
        std::uint64_t sum = 0;
        for (std::int64_t k = 0; k < x.shape.depth; ++k)
          sum +=
              static_cast<std::uint64_t>(x.a_at(i, k)) * static_cast<std::uint64_t>(x.b_at(k, j));
        right = actual == static_cast<T>(sum);
      }
      if (!right) return fmt::format("c[{}, {}] = {}", i, j, actual);
    }
  return "";
}

template <class T>
void expect_right(MatmulShape s) {
  for (const bool transpose_a : {false, true})
    for (const bool transpose_b : {false, true}) {
      s.transpose_a = transpose_a, s.transpose_b = transpose_b;
      const Operands<T> x(s);
      for (const InstructionSet set : available_instruction_sets())
        EXPECT_EQ(first_wrong(x, multiply(s, set, x.a, x.b)), "") << describe(s, set);
    }
}

void expect_right_for_all_numbers(const MatmulShape& s) {
  expect_right<float>(s);
  expect_right<double>(s);
  expect_right<std::int32_t>(s);
  expect_right<std::int64_t>(s);
}

TEST(Matmul, is_the_sum_of_products_for_small_sizes) {
  for (const std::int64_t rows : {0, 1, 2, 5, 6, 7, 13})
    for (const std::int64_t columns : {0, 1, 2, 7, 16, 33})
      for (const std::int64_t depth : {0, 1, 5, 17})
        expect_right_for_all_numbers({rows, columns, depth});
}

TEST(Matmul, is_the_sum_of_products_for_large_sizes) {
  expect_right_for_all_numbers({15, 100, 257});
  expect_right_for_all_numbers({16, 31, 64});
  expect_right_for_all_numbers({17, 257, 31});
  expect_right_for_all_numbers({31, 15, 100});
  expect_right_for_all_numbers({33, 64, 16});
  expect_right_for_all_numbers({64, 33, 7});
  expect_right_for_all_numbers({100, 17, 33});
  expect_right_for_all_numbers({257, 6, 15});
}

TEST(Matmul, is_right_over_several_blocks_of_rows_and_depth) {
  expect_right_for_all_numbers({400, 19, 3});
  expect_right_for_all_numbers({3, 19, 1000});
}

TEST(Matmul, of_depth_0_is_zero) {
  for (const DType dtype : {float32, float64, int32, int64})
    for (const InstructionSet set : available_instruction_sets()) {
      const MatmulShape s{3, 5, 0};
      EXPECT_EQ(multiply(s, set, Array::zeros({3, 0}, dtype), Array::zeros({0, 5}, dtype)),
                Array::zeros({3, 5}, dtype));
    }
}

TEST(Matmul, writes_its_block_alone) {
  const MatmulShape s{9, 40, 5};
  const Operands<float> x(s);
  for (const InstructionSet set : available_instruction_sets()) {
    const Array all = multiply(s, set, x.a, x.b);
    const Array part = multiply(s, set, x.a, x.b, {{2, 7, 3, 38}});
    for (std::int64_t i = 0; i < 9; ++i)
      for (std::int64_t j = 0; j < 40; ++j) {
        const bool inside = i >= 2 && i < 7 && j >= 3 && j < 38;
        EXPECT_EQ(part.at<float>({i, j}), inside ? all.at<float>({i, j}) : 99.0f);
      }
  }
}

TEST(Matmul, spreads_nan_and_infinity_to_their_row_and_column_alone) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  for (const InstructionSet set : available_instruction_sets()) {
    const MatmulShape s{8, 21, 6};
    Array a = Array::full({8, 6}, 1), b = Array::full({6, 21}, 1);
    a.mutable_values<float>()[5 * 6 + 2] = std::numeric_limits<float>::quiet_NaN();
    b.mutable_values<float>()[3 * 21] = infinity;
    b.mutable_values<float>()[4 * 21 + 4] = infinity;
    b.mutable_values<float>()[5 * 21 + 4] = -infinity;
    const Array c = multiply(s, set, a, b);
    for (std::int64_t i = 0; i < 8; ++i)
      for (std::int64_t j = 0; j < 21; ++j) {
        const float actual = c.at<float>({i, j});
        if (i == 5 || j == 4)
          EXPECT_TRUE(std::isnan(actual)) << i << ", " << j;
        else
          EXPECT_EQ(actual, j == 0 ? infinity : 6.0f) << i << ", " << j;
      }
  }
}

std::vector<Block> listed(const MatmulBlocks& blocks) {
  std::vector<Block> list;
  for (std::int64_t i = 0; i < blocks.size(); ++i) list.push_back(blocks[i]);
  return list;
}

TEST(MatmulBlocks, cover_each_element_once) {
  for (const std::int64_t rows : {1, 10, 13, 100})
    for (const std::int64_t columns : {1, 40, 100})
      for (const int parts : {1, 2, 3, 4, 7, 16}) {
        std::vector<int> covered(static_cast<std::size_t>(rows * columns));
        const std::vector<Block> blocks = listed(matmul_blocks({rows, columns, 1 << 20}, parts));
        EXPECT_LE(std::ssize(blocks), parts);
        for (const Block& block : blocks) {
          EXPECT_LT(block.first_row, block.last_row);
          EXPECT_LT(block.first_column, block.last_column);
          for (std::int64_t i = block.first_row; i < block.last_row; ++i)
            for (std::int64_t j = block.first_column; j < block.last_column; ++j)
              ++covered[static_cast<std::size_t>(i * columns + j)];
        }
        EXPECT_EQ(covered, std::vector<int>(covered.size(), 1));
      }
}

TEST(MatmulBlocks, cut_the_columns_of_few_rows) {
  const std::vector<Block> expected{{0, 10, 0, 128}, {0, 10, 128, 256}};
  EXPECT_EQ(listed(matmul_blocks({10, 256, 784}, 2)), expected);
}

TEST(MatmulBlocks, cut_the_rows_of_few_columns) {
  const std::vector<Block> expected{{0, 504, 0, 64}, {504, 1000, 0, 64}};
  EXPECT_EQ(listed(matmul_blocks({1000, 64, 256}, 2)), expected);
}

TEST(MatmulBlocks, of_little_work_are_few) {
  EXPECT_EQ(matmul_blocks({32, 64, 64}, 8).size(), 1);
  EXPECT_EQ(matmul_blocks({64, 64, 64}, 8).size(), 2);
  EXPECT_EQ(matmul_blocks({1024, 1024, 1024}, 8).size(), 8);
}

TEST(MatmulBlocks, of_nothing_are_none) {
  EXPECT_EQ(matmul_blocks({0, 5, 3}, 2).size(), 0);
  EXPECT_EQ(matmul_blocks({5, 0, 3}, 2).size(), 0);
}

}  // namespace
}  // namespace gradus
