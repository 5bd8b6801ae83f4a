#include <gradus/eigen.h>

#include <string>

#include <gtest/gtest.h>

#include "support/error_text.h"

namespace gradus {
namespace {

TEST(EigenMaps, show_an_array_row_by_row) {
  const Array array({{1, 2, 3}, {4, 5, 6}});
  const auto matrix = as_matrix<float>(array);
  EXPECT_EQ(matrix.rows(), 2);
  EXPECT_EQ(matrix.cols(), 3);
  EXPECT_EQ(matrix(0, 2), 3);
  EXPECT_EQ(matrix(1, 0), 4);
  EXPECT_EQ(matrix.data(), array.data());
}

TEST(EigenMaps, show_rank_1_as_a_column) {
  const Array array({1, 2, 3}, int64);
  EXPECT_EQ(as_matrix<std::int64_t>(array).rows(), 3);
  EXPECT_EQ(as_matrix<std::int64_t>(array).cols(), 1);
  EXPECT_EQ(as_matrix<std::int64_t>(array).sum(), 6);
}

TEST(EigenMaps, may_be_empty) {
  const Array array = Array::zeros({0, 3});
  EXPECT_EQ(as_matrix<float>(array).rows(), 0);
  EXPECT_EQ(as_matrix<float>(array).cols(), 3);
}

TEST(EigenMaps, that_are_mutable_write_the_array_and_none_of_its_copies) {
  // [use]
  const Array x({{1, 2}, {3, 4}, {5, 6}});
  Array gram = Array::zeros({2, 2});
  const Array before = gram;
  as_mutable_matrix<float>(gram) = as_matrix<float>(x).transpose() * as_matrix<float>(x);
  // [use]
  EXPECT_EQ(gram, Array({{35, 44}, {44, 56}}));
  EXPECT_EQ(before, Array::zeros({2, 2}));
}

TEST(EigenMaps, of_another_dtype_or_rank_are_refused_at_the_callers_line) {
  Array array({{1, 2}});
  const Array scalar(1);
  EXPECT_EQ(error_text_here<DTypeError>([&] { as_matrix<double>(array); }),
            "array: elements are float32, asked for as float64\n  at  here");
  EXPECT_EQ(error_text_here<DTypeError>([&] { as_mutable_matrix<double>(array); }),
            "array: elements are float32, asked for as float64\n  at  here");
  EXPECT_EQ(error_text_here<ShapeError>([&] { as_matrix<float>(scalar); }),
            "as_matrix: shape [] is neither of rank 1 nor 2\n  at  here");
  Array cube = Array::zeros({1, 1, 1});
  EXPECT_EQ(error_text_here<ShapeError>([&] { as_mutable_matrix<float>(cube); }),
            "as_matrix: shape [1, 1, 1] is neither of rank 1 nor 2\n  at  here");
}

template <class A>
concept HasMatrix = requires(A array) {
  as_matrix<float>(static_cast<A&&>(array));
};
static_assert(HasMatrix<const Array&> && HasMatrix<Array&>);
static_assert(!HasMatrix<Array>);  // its matrix would be gone at once

}  // namespace
}  // namespace gradus
