#include <gtest/gtest.h>

#include "core/refusal.h"
#include "ops/support.h"

namespace gradus {
namespace {

TEST(UnknownDimensions, stay_unknown_in_the_shapes_of_results) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3}), w = g.placeholder("w", {3, any_size});
  EXPECT_EQ((x + g.constant({1, 2, 3})).shape(), (Shape{any_size, 3}));
  EXPECT_EQ((x + g.placeholder("y", {2, any_size})).shape(), (Shape{2, 3}));
  EXPECT_EQ((x + g.placeholder("z", {1, 1})).shape(), (Shape{any_size, 3}));
  EXPECT_EQ(matmul(x, w).shape(), (Shape{any_size, any_size}));
  EXPECT_EQ(matmul(w, w, {.transpose_a = true}).shape(), (Shape{any_size, any_size}));
  EXPECT_EQ(reduce_sum(x, 1).shape(), (Shape{any_size}));
  EXPECT_EQ(reduce_sum(x, 0, true).shape(), (Shape{1, 3}));
  EXPECT_EQ(argmax(x, 1).shape(), (Shape{any_size}));
  EXPECT_EQ(transpose(x).shape(), (Shape{3, any_size}));
}

TEST(UnknownDimensions, beside_a_known_one_may_turn_out_as_it_or_as_1) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size});
  const Tensor y = x + g.constant({10, 20, 30});
  EXPECT_EQ(value(y, {{x, Array({1, 2, 3})}}), Array({11, 22, 33}));
  EXPECT_EQ(value(y, {{x, Array({1})}}), Array({11, 21, 31}));
}

TEST(UnknownDimensions, of_the_same_shape_must_turn_out_equal) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 1}), y = g.placeholder("y", {any_size, 1});
  const Tensor sum = x + y;
  EXPECT_EQ(value(sum, {{x, Array({{1}, {2}})}, {y, Array({{3}, {4}})}}), Array({{4}, {6}}));
  EXPECT_EQ(refusal<ShapeError>([&] {
              value(sum, {{x, Array::zeros({1, 1})}, {y, Array::zeros({5, 1})}});
            }),
            "add: shapes were taken as equal and differ: [1, 1] and [5, 1]; write "
            "broadcast_like(a, b) for an a that is to be repeated to the shape of b\n"
            "  at  " +
                to_text(sum.where()) +
                ", node \"add\"\n"
                "  a   \"x\"  float32 [1, 1]\n"
                "  b   \"y\"  float32 [5, 1]");
  EXPECT_EQ(value(broadcast_like(x, y) + y, {{x, Array({{1}})}, {y, Array({{3}, {4}})}}),
            Array({{4}, {5}}));
  EXPECT_EQ(refusal<ShapeError>([&] {
              value(sum, {{x, Array::zeros({2, 1})}, {y, Array::zeros({3, 1})}});
            }),
            "add: shapes do not broadcast: [2, 1] and [3, 1]\n"
            "  at  " +
                to_text(sum.where()) +
                ", node \"add\"\n"
                "  a   \"x\"  float32 [2, 1]\n"
                "  b   \"y\"  float32 [3, 1]");
}

TEST(UnknownDimensions, that_do_not_fit_are_refused_in_the_run_at_the_nodes_line) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size});
  const Tensor y = x * g.constant({1, 2, 3});
  EXPECT_EQ(refusal<ShapeError>([&] {
              value(y, {{x, Array::zeros({2})}});
            }),
            "broadcast_like: shapes do not broadcast: [2] and [3]\n"
            "  at  " +
                to_text(y.where()) +
                ", node \"broadcast_like\"\n"
                "  x       \"x\"         float32 [2]\n"
                "  model   \"constant\"  float32 [3]");
}

TEST(UnknownDimensions, inside_a_product_are_checked_in_the_run) {
  Graph g;
  const Tensor a = g.placeholder("a", {2, any_size}), b = g.placeholder("b", {3, 4});
  const Tensor c = matmul(a, b);
  EXPECT_EQ(value(c, {{a, Array::zeros({2, 3})}, {b, Array::zeros({3, 4})}}).shape(),
            (Shape{2, 4}));
  EXPECT_EQ(refusal<ShapeError>([&] {
              value(c, {{a, Array::zeros({2, 5})}, {b, Array::zeros({3, 4})}});
            }),
            "matmul: inner dimensions differ: [2, 5] x [3, 4]  (5 and 3)\n"
            "  at  " +
                to_text(c.where()) +
                ", node \"matmul\"\n"
                "  a   \"a\"  float32 [2, 5]\n"
                "  b   \"b\"  float32 [3, 4]");
}

TEST(UnknownDimensions, of_a_reshape_are_checked_in_the_run) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const Tensor y = reshape(x, {-1, 4});
  EXPECT_EQ(refusal<ShapeError>([&] {
              value(y, {{x, Array::zeros({2, 3})}});
            }),
            "reshape: [2, 3] cannot become [?, 4]: 6 elements are no multiple of 4\n"
            "  at  " +
                to_text(y.where()) +
                ", node \"reshape\"\n"
                "  x   \"x\"  float32 [2, 3]");
}

TEST(UnknownDimensions, that_turn_out_as_0_have_no_largest_element) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const Tensor y = reduce_max(x, 0);
  EXPECT_EQ(refusal<ShapeError>([&] {
              value(y, {{x, Array::zeros({0, 3})}});
            }),
            "reduce_max: there is no largest element along an axis of size 0: [0, 3]\n"
            "  at  " +
                to_text(y.where()) +
                ", node \"reduce_max\"\n"
                "  x   \"x\"  float32 [0, 3]");
}

TEST(UnknownDimensions, of_an_assigned_value_are_checked_in_the_run) {
  Graph g;
  const Variable w = g.variable("w", Array({1, 2}));
  const Tensor x = g.placeholder("x", {any_size});
  const Tensor update = assign(w, x);
  EXPECT_EQ(value(update, {{x, Array({3, 4})}}), Array({3, 4}));
  EXPECT_EQ(refusal<ShapeError>([&] {
              value(update, {{x, Array::zeros({1})}});
            }),
            "assign: shapes differ: the variable has [2], the value [1]\n"
            "  at  " +
                to_text(update.where()) +
                ", node \"assign\"\n"
                "  variable   \"w\"  float32 [2]\n"
                "  value      \"x\"  float32 [1]");
}

}  // namespace
}  // namespace gradus
