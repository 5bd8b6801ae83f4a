// The squares that a product sums in passing: those of the dot products of columns with themselves,
// to the bit, whatever else is in the product.
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/products/product.h"

#include "product_operands.h"

namespace gradus {
namespace {

struct WithSquares {
  Array c, squares;
};
template <class T>
WithSquares multiply_with_squares(const Operands<T>& x, InstructionSet set,
                                  const std::vector<Block>& blocks) {
  const ProductShape& s = x.shape;
  const ProductTerm term{{x.a.data(), false}, {x.b.data(), true}, s.depth};
  WithSquares made{full({s.rows, s.columns}, 99, x.a.dtype()), full({s.columns}, 99, x.a.dtype())};
  const ProductSum sum{.rows = s.rows,
                       .columns = s.columns,
                       .terms = {&term, 1},
                       .squares = made.squares.mutable_data()};
  EXPECT_TRUE(sums_squares(sum, x.a.dtype()));
  const Scratch scratch(product_scratch_bytes(s, x.a.dtype(), set));
  for (const Block& block : blocks)
    product(sum, x.a.dtype(), set, made.c.mutable_data(), block, scratch.data);
  return made;
}

// Of one row and one column each.
template <class T>
Array dots_with_themselves(const Array& b, InstructionSet set) {
  const std::int64_t columns = b.shape()[0], depth = b.shape()[1];
  Array dots({columns}, b.dtype());
  for (std::int64_t j = 0; j < columns; ++j) {
    const Array row = b.rows(j, j + 1);
    const Array dot =
        multiply({.rows = 1, .columns = 1, .depth = depth, .transpose_b = true}, set, row, row);
    dots.mutable_values<T>()[static_cast<std::size_t>(j)] = dot.template item<T>();
  }
  return dots;
}

template <class T>
void expect_squares() {
  const std::int64_t least = 2048 / static_cast<std::int64_t>(sizeof(T));
  for (const std::int64_t depth : {least, least + 3, 2 * least + 77})
    for (const std::int64_t columns : {2, 3, 5, 40, 67})
      for (const std::int64_t rows : {1, 2, 3, 4, 5, 8, 10, 15, 24, 70}) {
        const Operands<T> x({rows, columns, depth, false, true});
        const ProductShape& s = x.shape;
        for (const InstructionSet set : available_instruction_sets()) {
          const Array product_alone = multiply(s, set, x.a, x.b);
          const Array squares = dots_with_themselves<T>(x.b, set);
          const std::int64_t row = rows / 2, column = columns / 2;
          for (const std::vector<Block>& blocks :
               {std::vector<Block>{whole(s)},
                {{row, rows, 0, columns}, {0, row, 0, column}, {0, row, column, columns}},
                {{0, rows, 1, columns}, {0, rows, 0, 1}}}) {
            if (rows == 1 && blocks.size() == 3) continue;
            const WithSquares made = multiply_with_squares(x, set, blocks);
            EXPECT_EQ(made.c, product_alone) << describe(s, set);
            EXPECT_EQ(made.squares, squares) << describe(s, set);
          }
        }
      }
}

TEST(ProductSquares, are_dot_products_of_the_columns_with_themselves) {
  expect_squares<float>();
  expect_squares<double>();
}

TEST(ProductSquares, stand_beside_plain_products_of_straight_lines_alone) {
  const auto sums = [](ProductShape s, double alpha = 1, double beta = 0) {
    const ProductTerm term{{nullptr, s.transpose_a}, {nullptr, s.transpose_b}, s.depth};
    return sums_squares(
        {.rows = s.rows, .columns = s.columns, .terms = {&term, 1}, .alpha = alpha, .beta = beta},
        float32);
  };
  EXPECT_TRUE(sums({10, 256, 784, false, true}));
  EXPECT_FALSE(sums({10, 256, 784, false, false}));
  EXPECT_FALSE(sums({10, 256, 784, true, true}));
  EXPECT_FALSE(sums({10, 256, 511, false, true}));
  EXPECT_FALSE(sums({10, 1, 784, false, true}));
  EXPECT_FALSE(sums({0, 256, 784, false, true}));
  EXPECT_FALSE(sums({10, 256, 784, false, true}, 2));
  EXPECT_FALSE(sums({10, 256, 784, false, true}, 1, 1));
}

}  // namespace
}  // namespace gradus
