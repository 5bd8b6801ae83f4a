// Sums of products with alpha and beta: the order of rounding that matmul.h promises, to the bit.
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "kernels/products/matmul.h"
#include "matmul_operands.h"

namespace gradus {
namespace {

// The operands of a sum of several terms, and their elements along the depth of all of them.
template <class T>
struct SumOperands {
  SumOperands(std::int64_t rows, std::int64_t columns, const std::vector<MatmulShape>& shapes)
      : sum{.rows = rows, .columns = columns} {
    for (const MatmulShape& s : shapes) {
      operands.emplace_back(s);
      const Operands<T>& x = operands.back();
      terms.push_back({{x.a.data(), s.transpose_a}, {x.b.data(), s.transpose_b}, s.depth});
      depth += s.depth;
    }
    sum.terms = terms;
  }

  T a_at(std::int64_t i, std::int64_t k) const {
    std::size_t n = 0;
    for (; k >= operands[n].shape.depth; ++n) k -= operands[n].shape.depth;
    return operands[n].a_at(i, k);
  }
  T b_at(std::int64_t k, std::int64_t j) const {
    std::size_t n = 0;
    for (; k >= operands[n].shape.depth; ++n) k -= operands[n].shape.depth;
    return operands[n].b_at(k, j);
  }

  std::vector<Operands<T>> operands;
  std::vector<MatmulTerm> terms;
  MatmulSum sum;
  std::int64_t depth = 0;
};

// Rows x columns terms: two of which one is stored the other way round, in one and several slices.
const std::vector<std::vector<std::int64_t>> depths_of_terms{{5},      {10, 10},  {3, 0, 4},
                                                             {400, 7}, {20, 900}, {}};
const std::vector<std::pair<std::int64_t, std::int64_t>> sizes{{1, 9},   {2, 70},  {7, 1},
                                                               {13, 33}, {40, 64}, {170, 17}};

template <class T>
SumOperands<T> operands_of(std::int64_t rows, std::int64_t columns,
                           const std::vector<std::int64_t>& depths) {
  std::vector<MatmulShape> shapes;
  for (const std::int64_t depth : depths)
    shapes.push_back({rows, columns, depth, shapes.size() % 2 == 0, shapes.size() == 1});
  return {rows, columns, shapes};
}

template <class T>
Array updated(const MatmulSum& sum, std::int64_t depth, InstructionSet set, Array c,
              const std::vector<Block>& blocks) {
  const Scratch scratch(matmul_scratch_bytes({sum.rows, sum.columns, depth}, dtype_of<T>(), set));
  for (const Block& block : blocks)
    product(sum, dtype_of<T>(), set, c.mutable_data(), block, scratch.data);
  return c;
}
template <class T>
Array updated(const SumOperands<T>& x, InstructionSet set, const Array& c) {
  return updated<T>(x.sum, x.depth, set, c, {whole(x.sum)});
}

// c[i, j] as matmul.h defines it.
template <class T>
T defined(const SumOperands<T>& x, bool fma, std::int64_t i, std::int64_t j, T c) {
  const auto multiply_add = [fma](T a, T b, T sum) {
    const T rounded = a * b;
    return fma ? std::fma(a, b, sum) : sum + rounded;
  };
  const auto alpha = static_cast<T>(x.sum.alpha), beta = static_cast<T>(x.sum.beta);
  const std::int64_t slice = product_slice(x.depth, dtype_of<T>());
  std::int64_t k = 0;
  do {
    T sum = 0;
    for (const std::int64_t end = std::min(k + slice, x.depth); k < end; ++k)
      sum = multiply_add(x.a_at(i, k), x.b_at(k, j), sum);
    if (k <= slice)
      c = beta == 0 ? alpha * sum : multiply_add(alpha, sum, beta * c);
    else
      c = multiply_add(alpha, sum, c);
  } while (k < x.depth);
  return c;
}

template <class T>
void expect_bits_of_the_definition() {
  for (const auto& [rows, columns] : sizes)
    for (const std::vector<std::int64_t>& depths : depths_of_terms) {
      SumOperands<T> x = operands_of<T>(rows, columns, depths);
      const Array before = random_matrix<T>(rows, columns, "c");
      for (const auto& [alpha, beta] :
           {std::pair(1.0, 0.0), std::pair(1.0, 1.0), std::pair(-0.1, 0.999)})
        for (const InstructionSet set : available_instruction_sets()) {
          x.sum.alpha = alpha, x.sum.beta = beta;
          const Array c = updated(x, set, before);
          for (const std::int64_t i : {std::int64_t{0}, rows / 2, rows - 1})
            for (std::int64_t j = 0; j < columns; ++j)
              EXPECT_EQ(c.at<T>({i, j}), defined(x, has_fma(set), i, j, before.at<T>({i, j})))
                  << fmt::format("{}: [{}, {}] of depth {}, alpha {}, at [{}, {}]", to_text(set),
                                 rows, columns, x.depth, alpha, i, j);
        }
    }
}

TEST(MatmulSum, of_float32_has_the_bits_of_its_definition) {
  expect_bits_of_the_definition<float>();
}
TEST(MatmulSum, of_float64_has_the_bits_of_its_definition) {
  expect_bits_of_the_definition<double>();
}

// The slice of one dot product is what it is without alpha and beta.
TEST(MatmulSum, of_dot_products_is_added_to_c_as_any_other) {
  const MatmulShape s{.rows = 7, .columns = 9, .depth = 611, .transpose_b = true};
  const Operands<float> x(s);
  const MatmulTerm term{{x.a.data()}, {x.b.data(), true}, s.depth};
  const MatmulSum sum{
      .rows = s.rows, .columns = s.columns, .terms = {&term, 1}, .alpha = -0.1, .beta = 0.75};
  ASSERT_TRUE(sums_dots(sum, float32));
  const Array before = random_matrix<float>(s.rows, s.columns, "c");
  const auto alpha = static_cast<float>(sum.alpha), beta = static_cast<float>(sum.beta);
  for (const InstructionSet set : available_instruction_sets()) {
    const Array slice = multiply(s, set, x.a, x.b);
    const Array c = updated<float>(sum, s.depth, set, before, {whole(sum)});
    for (std::int64_t i = 0; i < s.rows; ++i)
      for (std::int64_t j = 0; j < s.columns; ++j) {
        const float kept = beta * before.at<float>({i, j}), made = slice.at<float>({i, j});
        const float rounded = alpha * made;
        EXPECT_EQ(c.at<float>({i, j}), has_fma(set) ? std::fma(alpha, made, kept) : kept + rounded);
      }
  }
}

TEST(MatmulSum, has_the_same_bits_in_any_blocks) {
  for (const auto& [rows, columns] : sizes)
    for (const std::vector<std::int64_t>& depths : depths_of_terms) {
      SumOperands<float> x = operands_of<float>(rows, columns, depths);
      x.sum.alpha = 0.3, x.sum.beta = -2;
      const Array before = random_matrix<float>(rows, columns, "c");
      for (const InstructionSet set : available_instruction_sets()) {
        const Array all = updated(x, set, before);
        std::vector<Block> by_rows, by_columns;
        for (std::int64_t i = 0; i < rows; i += 5)
          by_rows.push_back({i, std::min(i + 5, rows), 0, columns});
        for (std::int64_t j = 0; j < columns; j += 7)
          by_columns.push_back({0, rows, j, std::min(j + 7, columns)});
        EXPECT_EQ(updated<float>(x.sum, x.depth, set, before, by_rows), all);
        EXPECT_EQ(updated<float>(x.sum, x.depth, set, before, by_columns), all);
      }
    }
}

TEST(MatmulSum, of_terms_is_the_product_over_their_joined_depth) {
  const SumOperands<float> x = operands_of<float>(30, 40, {11, 380, 20});
  Array a = Array::zeros({30, x.depth}), b = Array::zeros({x.depth, 40});
  for (std::int64_t k = 0; k < x.depth; ++k) {
    for (std::int64_t i = 0; i < 30; ++i)
      a.mutable_values<float>()[static_cast<std::size_t>(i * x.depth + k)] = x.a_at(i, k);
    for (std::int64_t j = 0; j < 40; ++j)
      b.mutable_values<float>()[static_cast<std::size_t>(k * 40 + j)] = x.b_at(k, j);
  }
  for (const InstructionSet set : available_instruction_sets())
    EXPECT_EQ(updated(x, set, Array::full({30, 40}, 99)), multiply({30, 40, x.depth}, set, a, b));
}

TEST(MatmulSum, with_beta_0_does_not_read_c) {
  SumOperands<float> x = operands_of<float>(13, 21, {8});
  x.sum.alpha = 2;
  const Array nan = Array::full({13, 21}, std::numeric_limits<double>::quiet_NaN());
  for (const InstructionSet set : available_instruction_sets())
    EXPECT_EQ(updated(x, set, nan), updated(x, set, Array::zeros({13, 21})));
}

TEST(MatmulSum, of_no_terms_scales_c) {
  const MatmulSum sum{.rows = 3, .columns = 5, .beta = 0.5};
  for (const InstructionSet set : available_instruction_sets())
    EXPECT_EQ(updated<float>(sum, 0, set, Array::full({3, 5}, 8), {whole(sum)}),
              Array::full({3, 5}, 4));
}

template <class T>
void expect_right_integers() {
  SumOperands<T> x = operands_of<T>(9, 19, {7, 500});
  x.sum.alpha = -1, x.sum.beta = 3;
  const Array before = random_matrix<T>(9, 19, "c");
  for (const InstructionSet set : available_instruction_sets()) {
    const Array c = updated(x, set, before);
    for (std::int64_t i = 0; i < 9; ++i)
      for (std::int64_t j = 0; j < 19; ++j) {
        std::uint64_t expected = 3 * static_cast<std::uint64_t>(before.at<T>({i, j}));
        for (std::int64_t k = 0; k < x.depth; ++k)
          expected -=
              static_cast<std::uint64_t>(x.a_at(i, k)) * static_cast<std::uint64_t>(x.b_at(k, j));
        EXPECT_EQ(c.at<T>({i, j}), static_cast<T>(expected)) << to_text(set);
      }
  }
}

TEST(MatmulSum, of_integers_wraps) {
  expect_right_integers<std::int32_t>();
  expect_right_integers<std::int64_t>();
}

// The middle of a larger matrix.
Array middle(const Array& x, std::int64_t row, std::int64_t rows, std::int64_t column,
             std::int64_t columns) {
  Array part = Array::zeros({rows, columns});
  std::size_t n = 0;
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j)
      part.mutable_values<float>()[n++] = x.at<float>({row + i, column + j});
  return part;
}

TEST(MatmulSum, reads_and_writes_parts_of_larger_matrices) {
  constexpr std::int64_t rows = 11, columns = 35, depth = 20, size = 60, at = 9;
  const Array a = random_matrix<float>(size, size, "a"), b = random_matrix<float>(size, size, "b");
  const float* const from = a.values<float>().data() + at * size + at;
  const float* const and_from = b.values<float>().data() + at * size + at;
  for (const bool transpose_a : {false, true})
    for (const bool transpose_b : {false, true})
      for (const InstructionSet set : available_instruction_sets()) {
        const MatmulShape shape{rows, columns, depth, transpose_a, transpose_b};
        const Array small_a =
            transpose_a ? middle(a, at, depth, at, rows) : middle(a, at, rows, at, depth);
        const Array small_b =
            transpose_b ? middle(b, at, columns, at, depth) : middle(b, at, depth, at, columns);
        const MatmulTerm term{{from, transpose_a, size}, {and_from, transpose_b, size}, depth};
        const MatmulSum sum{
            .rows = rows, .columns = columns, .terms = {&term, 1}, .c_stride = size};
        Array c = Array::full({size, size}, 7);
        const Scratch scratch(matmul_scratch_bytes(shape, float32, set));
        product(sum, float32, set, c.mutable_values<float>().data() + at * size + at, whole(sum),
                scratch.data);
        EXPECT_EQ(middle(c, at, rows, at, columns), multiply(shape, set, small_a, small_b));
        const Array right = middle(c, at, rows, at + columns, size - at - columns);
        EXPECT_EQ(right, Array::full(right.shape(), 7)) << "beside the part";
      }
}

}  // namespace
}  // namespace gradus
