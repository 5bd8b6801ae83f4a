#include <algorithm>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include <gradus/gradients.h>

#include "ops/support.h"

namespace gradus {
namespace {

TEST(Transpose, of_rank_4_agrees_with_plain_loops_for_every_permutation_and_dtype) {
  const Shape shape{2, 3, 4, 5};
  const std::int64_t strides[] = {60, 20, 5, 1};
  for (DType dtype : all_dtypes) {
    const Array x = sample(shape, dtype);
    const Oracle of_x = elements(x);
    std::vector<std::int64_t> order{0, 1, 2, 3};
    do {
      Graph g;
      const Array y = value(transpose(g.constant(x), order));
      std::vector<std::int64_t> expected_shape;
      for (std::int64_t axis : order) expected_shape.push_back(shape[axis]);
      ASSERT_EQ(y.shape(), Shape(expected_shape));
      Oracle expected;
      for (std::int64_t n = 0; n < y.size(); ++n) {
        std::int64_t at = 0, rest = n;
        for (std::int64_t axis = 4; axis-- > 0; rest /= y.shape()[axis])
          at += rest % y.shape()[axis] *
                strides[static_cast<std::size_t>(order[static_cast<std::size_t>(axis)])];
        expected.push_back(of_x[static_cast<std::size_t>(at)]);
      }
      expect_close(y, expected, 0, std::string(to_text(dtype)) + to_text(y.shape()));
    } while (std::ranges::next_permutation(order).found);
  }
}

TEST(Transpose, reverses_all_axes_by_default) {
  Graph g;
  EXPECT_EQ(transpose(g.placeholder("x", {2, any_size, 4})).shape(), (Shape{4, any_size, 2}));
  EXPECT_EQ(value(transpose(g.constant(5))), Array(5));
  EXPECT_EQ(value(transpose(g.constant({1, 2}))), Array({1, 2}));
  EXPECT_EQ(value(transpose(g.constant(Array::zeros({3, 0})))), Array::zeros({0, 3}));
}

TEST(Reshape, keeps_the_elements_and_their_order) {
  for (DType dtype : all_dtypes) {
    Graph g;
    const Array x = sample({2, 3, 4}, dtype);
    for (const Shape& shape : {Shape{24}, Shape{4, 6}, Shape{2, 2, 2, 3, 1}})
      EXPECT_EQ(value(reshape(g.constant(x), shape)), x.reshaped(shape));
  }
}

TEST(Reshape, finds_the_dimension_that_is_minus_1) {
  Graph g;
  const Tensor x = g.constant(Array::zeros({2, 3, 4}));
  EXPECT_EQ(reshape(x, {-1}).shape(), (Shape{24}));
  EXPECT_EQ(reshape(x, {4, -1}).shape(), (Shape{4, 6}));
  EXPECT_EQ(reshape(x, {2, 3, 4, -1}).shape(), (Shape{2, 3, 4, 1}));
  EXPECT_EQ(reshape(g.constant(5), {-1, 1}).shape(), (Shape{1, 1}));
  EXPECT_EQ(reshape(g.constant(Array::zeros({0, 3})), {-1, 3}).shape(), (Shape{0, 3}));
}

TEST(Reshape, of_an_unknown_size_is_found_in_the_run) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 6});
  const Tensor y = reshape(x, {-1, 4});
  EXPECT_EQ(y.shape(), (Shape{any_size, 4}));
  const Array fed = sample({2, 6}, float32);
  EXPECT_EQ(value(y, {{x, fed}}), fed.reshaped({3, 4}));
}

TEST(FullLike, has_shape_and_dtype_of_its_model) {
  for (DType dtype : all_dtypes) {
    Graph g;
    const Tensor model = g.constant(sample({2, 3}, dtype));
    EXPECT_EQ(value(zeros_like(model)), Array::zeros({2, 3}, dtype));
    EXPECT_EQ(value(ones_like(model)), Array::full({2, 3}, 1, dtype));
  }
  Graph g;
  const Tensor x = g.placeholder("x", {any_size});
  EXPECT_EQ(value(full_like(x, 2.5), {{x, Array::zeros({3})}}), Array({2.5, 2.5, 2.5}));
  EXPECT_EQ(value(full_like(g.constant({0, 0}), -0.0)), Array({-0.0, -0.0}));
}

TEST(WithBatchOf, has_the_models_first_size_and_the_given_others) {
  for (DType dtype : all_dtypes) {
    Graph g;
    const Tensor model = g.constant(sample({2, 3}, dtype)), vector = g.constant(sample({4}, dtype));
    EXPECT_EQ(value(zeros_with_batch_of(model, {5})), Array::zeros({2, 5}, dtype));
    EXPECT_EQ(value(full_with_batch_of(model, {}, 1)), Array::full({2}, 1, dtype));
    for (DType other : all_dtypes)
      EXPECT_EQ(value(full_with_batch_of(vector, {2, 1}, 1, other)),
                Array::full({4, 2, 1}, 1, other));
  }
}

// NaN does not leak into the zeros, and where the shape is declared nothing has to be fed.
TEST(WithBatchOf, reads_no_value) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, any_size, 2});
  const Tensor y = zeros_with_batch_of(x, {3});
  EXPECT_EQ(y.shape(), (Shape{any_size, 3}));
  EXPECT_EQ(value(y, {{x, Array::full({4, 1, 2}, nan)}}), Array::zeros({4, 3}));
  EXPECT_EQ(value(y, {{x, Array::zeros({4, 0, 2})}}), Array::zeros({4, 3}));
  EXPECT_EQ(value(y, {{x, Array::zeros({0, 1, 2})}}), Array::zeros({0, 3}));
  EXPECT_EQ(value(zeros_with_batch_of(g.placeholder("known", {2, 7}), {})), Array({0, 0}));
}

TEST(WithBatchOf, gives_the_model_no_gradient) {
  Graph g;
  const Tensor x = g.constant({{1, 2}, {3, 4}});
  const Tensor loss = reduce_sum(matmul(x, x)) + reduce_sum(full_with_batch_of(x, {3}, 2) * 5);
  EXPECT_EQ(value(gradient(loss, x)), value(gradient(reduce_sum(matmul(x, x)), x)));
  EXPECT_EQ(value(gradient(reduce_sum(zeros_with_batch_of(x, {3})), x,
                           {.unconnected = Unconnected::zero})),
            Array::zeros({2, 2}));
}

// What it is for: a loop over time, of a batch that the run knows.
TEST(WithBatchOf, is_a_first_state) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3, 1});
  Tensor sum = zeros_with_batch_of(x, {1});
  for (const Tensor& element : unstack(x, 1)) sum = sum + element;
  EXPECT_EQ(value(sum, {{x, Array({{{1}, {2}, {3}}, {{4}, {5}, {6}}})}}), Array({{6}, {15}}));
}

TEST(BroadcastLike, repeats_to_the_common_shape) {
  Graph g;
  const Tensor x = g.constant({{1}, {2}}), model = g.constant(Array::zeros({3, 1, 4}));
  EXPECT_EQ(value(broadcast_like(x, model)).shape(), (Shape{3, 2, 4}));
  EXPECT_EQ(value(broadcast_like(g.constant({1, 2}), g.constant({0}))), Array({1, 2}));
}

TEST(SumLike, adds_up_what_broadcast_like_repeated) {
  const std::pair<Shape, Shape> cases[] = {{{}, {2, 3}},     {{3}, {2, 3}},
                                           {{2, 1}, {2, 3}}, {{1, 1}, {2, 3}},
                                           {{1}, {0}},       {{2, 1, 3}, {4, 2, 5, 3}},
                                           {{2, 3}, {2, 3}}};
  for (const auto& [narrow, wide] : cases) {
    Graph g;
    const Array x = sample(wide, int64);
    const Oracle of_x = elements(x);
    Oracle expected(static_cast<std::size_t>(narrow.element_count()));
    for (std::int64_t n = 0; n < x.size(); ++n)
      expected[place(n, wide, narrow)] += of_x[static_cast<std::size_t>(n)];
    const Array y = value(sum_like(g.constant(x), g.constant(Array::zeros(narrow))));
    EXPECT_EQ(y.shape(), narrow);
    expect_close(y, expected, 0, to_text(narrow) + to_text(wide));
  }
}

TEST(ExpandLike, repeats_along_the_reduced_axes) {
  Graph g;
  const Tensor model = g.constant(Array::zeros({2, 3, 2}));
  EXPECT_EQ(value(expand_like(g.constant({{1, 2}, {3, 4}}), model, 1, false)),
            Array({{{1, 2}, {1, 2}, {1, 2}}, {{3, 4}, {3, 4}, {3, 4}}}));
  EXPECT_EQ(value(expand_like(g.constant({{{7}}}), model, {}, true)), Array::full({2, 3, 2}, 7));
  const Tensor unknown = g.placeholder("x", {any_size, 3});
  EXPECT_EQ(
      expand_like(g.placeholder("y", {2, any_size}), g.placeholder("m", {any_size, 5, 3}), 1, false)
          .shape(),
      (Shape{any_size, 5, 3}));
  EXPECT_EQ(expand_like(unknown, unknown, std::vector<std::int64_t>{}, false).shape(),
            (Shape{any_size, 3}));
}

TEST(CountRatio, divides_the_numbers_of_elements) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  EXPECT_EQ(value(count_ratio(g.constant({1, 2}), x), {{x, Array::zeros({4, 3})}}).item(),
            2.0F / 12);
}

}  // namespace
}  // namespace gradus
