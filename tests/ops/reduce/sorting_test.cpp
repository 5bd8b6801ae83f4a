#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include <gradus/gradients.h>

#include "ops/wrong_input.h"

namespace gradus {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
const double nan = std::nan("");

TEST(Sort, takes_nan_for_the_largest_and_keeps_equals_in_their_order) {
  Graph g;
  const Tensor x = g.constant({3.0, nan, 5.0, -0.0, 5.0, nan, 0.0, -inf});
  EXPECT_EQ(to_text(value(sort(x))), "[-inf, -0, 0, 3, 5, 5, nan, nan]");
  EXPECT_EQ(value(argsort(x)), Array({7, 3, 6, 0, 2, 4, 1, 5}, int64));
  EXPECT_EQ(to_text(value(sort(x, -1, {.descending = true}))), "[nan, nan, 5, 5, 3, -0, 0, -inf]");
  EXPECT_EQ(value(argsort(x, 0, {.descending = true})), Array({1, 5, 2, 4, 0, 3, 6, 7}, int64));
}

// numpy.sort and numpy.argsort(kind="stable") of [[[3, 1], [2, 5], [3, 0]], [[9, 1], [9, 2], [7,
// 1]]].
TEST(Sort, of_any_axis_is_that_of_NumPy) {
  Graph g;
  const Tensor x = g.constant({{{3, 1}, {2, 5}, {3, 0}}, {{9, 1}, {9, 2}, {7, 1}}}, int32);
  EXPECT_EQ(value(sort(x, 1)), Array({{{2, 0}, {3, 1}, {3, 5}}, {{7, 1}, {9, 1}, {9, 2}}}, int32));
  EXPECT_EQ(value(argsort(x, 1)),
            Array({{{1, 2}, {0, 0}, {2, 1}}, {{2, 0}, {0, 2}, {1, 1}}}, int64));
  EXPECT_EQ(value(sort(x)), Array({{{1, 3}, {2, 5}, {0, 3}}, {{1, 9}, {2, 9}, {1, 7}}}, int32));
  EXPECT_EQ(value(sort(x, 0)), Array({{{3, 1}, {2, 2}, {3, 0}}, {{9, 1}, {9, 5}, {7, 1}}}, int32));
}

TEST(Sort, gives_each_gradient_back_to_where_its_element_stood) {
  Graph g;
  const Tensor x = g.constant({{3, 9, 4}, {5, 1, 5}}), dy = g.constant({{1, 2, 3}, {10, 20, 30}});
  const Tensor dx = gradient(reduce_sum(sort(square(x)) * dy), x);
  EXPECT_EQ(value(dx), Array({{6, 54, 16}, {200, 20, 300}}));
  EXPECT_EQ(value(gradient(reduce_sum(dx), x)), Array({{2, 6, 4}, {40, 20, 60}}));
}

TEST(Sort, has_the_same_bits_for_any_number_of_threads) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, any_size, any_size});
  const std::vector<Tensor> all{argsort(x, 1), sort(x, 0),
                                gradient(reduce_sum(square(sort(x))), x)};
  Session one(g, {.threads = 1}), three(g, {.threads = 3});
  const std::vector<Feed> feeds{{x, sample({31, 70, 40}, float32)}};
  EXPECT_EQ(one.run(all, feeds), three.run(all, feeds));
}

TEST(TopK, gives_values_and_indices) {
  Graph g;
  const auto [values, indices] = top_k(g.constant({{0.1, 0.7, 0.2}, {0.5, 0.0, 0.5}}), 2);
  EXPECT_EQ(to_text(value(values)), "[[0.7, 0.2], [0.5, 0.5]]");
  EXPECT_EQ(value(indices), Array({{1, 2}, {0, 2}}, int64));
}

TEST(TopK, takes_nan_for_the_largest_and_equals_in_their_order) {
  Graph g;
  const Tensor x = g.constant({3.0, nan, 5.0, 5.0, nan, -1.0});
  EXPECT_EQ(to_text(value(top_k(x, 4).values)), "[nan, nan, 5, 5]");
  EXPECT_EQ(value(top_k(x, 5).indices), Array({1, 4, 2, 3, 0}, int64));
  EXPECT_EQ(value(top_k(g.constant(Array::zeros({3, 0})), 0).values).shape(), (Shape{3, 0}));
}

// What TensorFlow documents of tf.math.in_top_k.
TEST(InTopK, takes_all_that_are_equal_at_the_border) {
  Graph g;
  const Tensor scores = g.constant({1, 3, 2, 2, 0});
  const auto found = [&](std::int64_t k) {
    const Tensor rows = broadcast_to(scores, {5, 5});
    return value(in_top_k(g.constant({0, 1, 2, 3, 4}, int32), rows, k));
  };
  EXPECT_EQ(found(0), Array({false, false, false, false, false}, boolean));
  EXPECT_EQ(found(1), Array({false, true, false, false, false}, boolean));
  EXPECT_EQ(found(2), Array({false, true, true, true, false}, boolean));
  EXPECT_EQ(found(3), Array({false, true, true, true, false}, boolean));
  EXPECT_EQ(found(4), Array({true, true, true, true, false}, boolean));
  EXPECT_EQ(found(9), Array({true, true, true, true, true}, boolean));
}

TEST(InTopK, is_false_of_labels_out_of_range_and_of_scores_that_are_not_finite) {
  Graph g;
  const Tensor labels = g.placeholder("labels", {any_size}, int64);
  const Tensor scores = g.placeholder("scores", {any_size, any_size});
  const Tensor found = in_top_k(labels, scores, 3);
  EXPECT_EQ(value(found, {{labels, Array({-1, 0, 1, 2, 3}, int64)},
                          {scores, Array({{1.0, 2.0, 3.0},
                                          {nan, 2.0, 3.0},
                                          {1.0, inf, 3.0},
                                          {inf, nan, 3.0},
                                          {1.0, 2.0, 3.0}})}}),
            Array({false, false, false, true, false}, boolean));
}

using WrongSorting = WrongInput;

TEST_F(WrongSorting, in_top_k_refuses_what_are_no_labels_of_these_scores) {
  const Tensor labels = g.placeholder("labels", {2}, int64);
  EXPECT_EQ(in_top_k(labels, m, 1).shape(), Shape{2});
  EXPECT_EQ(refusal<DTypeError>([&] { in_top_k(labels, i, 1); }),
            "in_top_k: needs float32 or float64, got int32\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { in_top_k(s, m, 1); }),
            "in_top_k: needs labels of int32 or int64, got float32\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { in_top_k(1, m, 1); }),
            "in_top_k: operand labels is a number\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { in_top_k(labels, n, 1); }),
            "in_top_k: labels [2] do not fit the rows of scores [4, 5]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { in_top_k(labels, s, 1); }),
            "in_top_k: labels [2] do not fit the rows of scores []\n  at  here");
}

TEST_F(WrongSorting, top_k_refuses_more_than_there_are) {
  const std::string tail = "\n  at  here, node \"top_k_indices\"\n  x   \"m\"  float32 [2, 3]";
  EXPECT_EQ(refusal<ShapeError>([&] { top_k(m, 4); }),
            "top_k_indices: the last axis of [2, 3] has no 4 elements" + tail);
  EXPECT_EQ(refusal<GraphError>([&] { top_k(m, -1); }),
            "top_k_indices: k must be 0 or more, got -1" + tail);
  EXPECT_EQ(top_k(x, 784).values.shape(), (Shape{any_size, 784}));
}

TEST_F(WrongSorting, take_along_axis_refuses_indices_that_do_not_fit) {
  const Tensor indices = g.placeholder("indices", {any_size, any_size}, int64);
  const Tensor rows = g.placeholder("rows", {3, 1}, int64);
  EXPECT_EQ(refusal<ShapeError>([&] { take_along_axis(m, rows); }),
            "take_along_axis: indices must be [2, ?], got [3, 1]\n"
            "  at  here, node \"take_along_axis\"\n"
            "  x         \"m\"     float32 [2, 3]\n"
            "  indices   \"rows\"  int64 [3, 1]");
  const Tensor y = take_along_axis(m, indices), dx = take_along_axis_grad(y, indices, m);
  for (const std::int64_t index : {-1, 3}) {
    const std::vector<Feed> feeds{{m, Array::zeros({2, 3})},
                                  {indices, Array({{0, 1}, {index, 7}}, int64)}};
    const std::string text = "index " + std::to_string(index) +
                             " at position [1, 0] is out of range: axis 1 has size 3\n  at  ";
    EXPECT_EQ(refusal<DataError>([&] { value(y, feeds); }).find("take_along_axis: " + text), 0u);
    const Tensor alone = take_along_axis_grad(cast(indices, float32), indices, m);
    EXPECT_EQ(
        refusal<DataError>([&] { value(alone, feeds); }).find("take_along_axis_grad: " + text), 0u);
  }
  EXPECT_EQ(dx.shape(), (Shape{2, 3}));
}

}  // namespace
}  // namespace gradus
