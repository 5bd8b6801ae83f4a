#include <gtest/gtest.h>

#include "ops/support.h"

namespace gradus {
namespace {

void expect_product(std::int64_t m, std::int64_t k, std::int64_t n, DType dtype) {
  for (bool transpose_a : {false, true})
    for (bool transpose_b : {false, true}) {
      Graph g;
      const Array a = sample(transpose_a ? Shape{k, m} : Shape{m, k}, dtype, 1);
      const Array b = sample(transpose_b ? Shape{n, k} : Shape{k, n}, dtype, 2);
      const Array c = value(matmul(g.constant(a), g.constant(b),
                                   {.transpose_a = transpose_a, .transpose_b = transpose_b}));
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
  const Tensor x = g.constant({{1, 2}, {3, 4}});
  EXPECT_EQ(value(matmul(x, x)), array({{7, 10}, {15, 22}}));
  EXPECT_EQ(value(matmul(x, x, {.transpose_b = true})), array({{5, 11}, {11, 25}}));
}

TEST(Matmul, does_not_hide_a_nan_behind_a_0) {
  Graph g;
  const Tensor a = g.constant({{0, 1}}), b = g.constant({{std::nan("")}, {1.0}});
  EXPECT_TRUE(std::isnan(value(matmul(a, b)).item()));
}

TEST(Matmul, has_the_same_bits_for_any_number_of_threads) {
  Graph g;
  const Tensor c = matmul(g.constant(sample({150, 200}, float32, 1)),
                          g.constant(sample({200, 170}, float32, 2)));
  Session one(g, {.threads = 1}), three(g, {.threads = 3});
  EXPECT_EQ(one.run(c), three.run(c));
}

}  // namespace
}  // namespace gradus
