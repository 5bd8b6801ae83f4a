#include <cstring>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "ops/support.h"

namespace gradus {
namespace {

// Of what is fed: constants would be multiplied before the run.
Array product_of(const Array& a, const Array& b, MatmulOptions flags = {}, int threads = 0) {
  Graph g;
  const Tensor x = g.placeholder("x", a.shape(), a.dtype()),
               y = g.placeholder("y", b.shape(), b.dtype());
  return Session(g, {.threads = threads}).run(matmul(x, y, flags), {{x, a}, {y, b}});
}

void expect_product(std::int64_t m, std::int64_t k, std::int64_t n, DType dtype) {
  for (bool transpose_a : {false, true})
    for (bool transpose_b : {false, true}) {
      const Array a = sample(transpose_a ? Shape{k, m} : Shape{m, k}, dtype, 1);
      const Array b = sample(transpose_b ? Shape{n, k} : Shape{k, n}, dtype, 2);
      const Array c = product_of(a, b, {.transpose_a = transpose_a, .transpose_b = transpose_b});
      ASSERT_EQ(c.shape(), (Shape{m, n}));
      const Oracle of_a = elements(a), of_b = elements(b), of_c = elements(c);
      const double epsilon = dtype == float32   ? std::numeric_limits<float>::epsilon()
                             : dtype == float64 ? std::numeric_limits<double>::epsilon()
                                                : 0;
      for (std::int64_t i = 0; i < m; ++i)
        for (std::int64_t j = 0; j < n; ++j) {
          long double sum = 0, absolute = 0;
          for (std::int64_t d = 0; d < k; ++d) {
            const long double term =
                of_a[static_cast<std::size_t>(transpose_a ? d * m + i : i * k + d)] *
                of_b[static_cast<std::size_t>(transpose_b ? j * k + d : d * n + j)];
            sum += term;
            absolute += std::abs(term);
          }
          ASSERT_LE(std::abs(of_c[static_cast<std::size_t>(i * n + j)] - sum),
                    static_cast<double>(k) * epsilon * absolute)
              << to_text(dtype) << " " << m << " x " << k << " x " << n << " at " << i << ", " << j
              << (transpose_a ? " transpose_a" : "") << (transpose_b ? " transpose_b" : "");
        }
    }
}

TEST(Matmul, agrees_with_plain_loops_for_every_flag_and_dtype) {
  for (DType dtype : {float32, float64, int32, int64}) {
    expect_product(1, 1, 1, dtype);
    expect_product(2, 3, 4, dtype);
    expect_product(7, 1, 5, dtype);
    expect_product(1, 100, 1, dtype);
    expect_product(33, 65, 17, dtype);
    expect_product(70, 40, 90, dtype);
  }
}

TEST(Matmul, of_depth_0_is_0_and_of_no_rows_is_empty) {
  for (DType dtype : {float32, float64, int32, int64}) {
    expect_product(3, 0, 2, dtype);
    expect_product(0, 3, 2, dtype);
    expect_product(2, 3, 0, dtype);
  }
}

TEST(Matmul, of_a_matrix_with_itself_reads_it_twice) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 2});
  const std::vector<Feed> feeds{{x, Array({{1, 2}, {3, 4}})}};
  Session session(g);
  EXPECT_EQ(session.run(matmul(x, x), feeds), Array({{7, 10}, {15, 22}}));
  EXPECT_EQ(session.run(matmul(x, x, {.transpose_b = true}), feeds), Array({{5, 11}, {11, 25}}));
}

TEST(Matmul, does_not_hide_a_nan_behind_a_0) {
  const Array c = product_of(Array({{0, 1}}), Array({{std::nan("")}, {1.0}}));
  EXPECT_TRUE(std::isnan(c.item()));
}

TEST(Matmul, has_the_same_bits_for_any_number_of_threads) {
  const Array a = sample({150, 200}, float32, 1), b = sample({200, 170}, float32, 2);
  EXPECT_EQ(product_of(a, b, {}, 1), product_of(a, b, {}, 3));
}

TEST(Matmul, of_constants_is_that_of_what_is_fed) {
  for (const Shape& of_b : {Shape{5, 4}, Shape{3, 5, 4}}) {
    const Array a = sample({3, 6, 5}, float32, 1), b = sample(of_b, float32, 2);
    Graph g;
    EXPECT_EQ(value(matmul(g.constant(a), g.constant(b))), product_of(a, b));
  }
}

// Matrix n of an array of matrices.
Array matrix_of(const Array& x, std::int64_t n) {
  const std::int64_t rows = x.shape()[x.shape().rank() - 2];
  const std::int64_t columns = x.shape()[x.shape().rank() - 1];
  Array matrix = Array::zeros({rows, columns}, x.dtype());
  std::memcpy(
      matrix.mutable_data(),
      static_cast<const std::byte*>(x.data()) + static_cast<std::size_t>(n) * matrix.byte_count(),
      matrix.byte_count());
  return matrix;
}

// By batch of the result, which of a's and of b's matrices it is the product of.
void expect_batches(const Shape& of_a, const Shape& of_b, MatmulOptions flags,
                    const std::vector<std::pair<int, int>>& matrices) {
  for (DType dtype : {float32, int64}) {
    const Array a = sample(of_a, dtype, 1), b = sample(of_b, dtype, 2);
    for (const int threads : {1, 2, 3, 8}) {
      const Array c = product_of(a, b, flags, threads);
      for (std::size_t n = 0; n < matrices.size(); ++n) {
        const auto [i, j] = matrices[n];
        ASSERT_EQ(matrix_of(c, static_cast<std::int64_t>(n)),
                  product_of(matrix_of(a, i), matrix_of(b, j), flags))
            << to_text(of_a) << " x " << to_text(of_b) << " batch " << n << ", " << threads
            << " threads";
      }
    }
  }
}

TEST(Matmul, of_a_batch_has_the_bits_of_its_products_for_any_number_of_threads) {
  const std::vector<std::pair<int, int>> each{{0, 0}, {1, 1}, {2, 2}},
      one_a{{0, 0}, {0, 1}, {0, 2}}, one_b{{0, 0}, {1, 0}, {2, 0}};
  expect_batches({3, 40, 70}, {3, 70, 90}, {}, each);
  expect_batches({3, 70, 40}, {3, 90, 70}, {.transpose_a = true, .transpose_b = true}, each);
  expect_batches({40, 70}, {3, 70, 90}, {}, one_a);
  expect_batches({1, 70, 40}, {3, 70, 90}, {.transpose_a = true}, one_a);
  expect_batches({3, 40, 70}, {70, 90}, {}, one_b);
  expect_batches({3, 40, 70}, {1, 1, 90, 70}, {.transpose_b = true}, one_b);
  expect_batches({3, 70, 40}, {70, 90}, {.transpose_a = true}, one_b);
  expect_batches({1, 1, 70, 40}, {1, 70, 90}, {.transpose_a = true}, {{0, 0}});
  expect_batches({2, 1, 3, 4}, {3, 4, 5}, {}, {{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}});
}

TEST(Matmul, of_no_batch_is_empty) {
  EXPECT_EQ(product_of(Array::zeros({0, 2, 3}), Array::zeros({0, 3, 4})).shape(), (Shape{0, 2, 4}));
  EXPECT_EQ(product_of(Array::zeros({0, 2, 3}), Array::zeros({3, 4})).shape(), (Shape{0, 2, 4}));
  EXPECT_EQ(product_of(Array::zeros({5, 2, 3}), Array::zeros({5, 3, 0})).shape(), (Shape{5, 2, 0}));
  EXPECT_EQ(product_of(Array::zeros({2, 1, 0}), Array::zeros({2, 0, 1})), Array::zeros({2, 1, 1}));
}

}  // namespace
}  // namespace gradus
