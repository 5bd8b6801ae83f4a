#include <gradus/text.h>

#include <gtest/gtest.h>

#include <gradus/graph.h>
#include <gradus/ops.h>

namespace gradus {
namespace {

TEST(Text, of_a_graph_is_a_line_per_node) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const Variable w = g.variable("W", Array::zeros({2, 3}));
  Tensor h;
  {
    const NameScope scope = g.scope("layer");
    const Variable b = g.variable("b", Array::zeros({2}));
    h = elu(matmul(x, w, {.transpose_b = true}) + b, 0.5);
  }
  named(reduce_mean(square(h), {0, -1}, true), "loss");
  g.constant({1, 2}, int32);
  EXPECT_EQ(to_text(g),
            "x = placeholder  float32 [?, 3]\n"
            "W = variable  float32 [2, 3]\n"
            "layer/b = variable  float32 [2]\n"
            "layer/matmul = matmul(x, W, transpose_a=false, transpose_b=true)  float32 [?, 2]\n"
            "layer/broadcast_like = broadcast_like(layer/b, layer/matmul)  float32 [?, 2]\n"
            "layer/add = add(layer/matmul, layer/broadcast_like)  float32 [?, 2]\n"
            "layer/elu = elu(layer/add, alpha=0.5)  float32 [?, 2]\n"
            "square = square(layer/elu)  float32 [?, 2]\n"
            "loss = reduce_mean(square, axes=[0, -1], keepdims=true)  float32 [1, 1]\n"
            "constant = constant(value=[1, 2])  int32 [2]\n");
}

TEST(Text, writes_numbers_in_place) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const std::vector<Tensor> y{1 - 0.25 * x};
  EXPECT_EQ(listing(y),
            "x = placeholder  float32 [2]\n"
            "multiply = multiply(0.25, x)  float32 [2]\n"
            "subtract = subtract(1, multiply)  float32 [2]\n");
}

TEST(Text, of_tensors_has_what_they_are_computed_from) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  const Tensor y = exp(x);
  log(y);
  EXPECT_EQ(listing({y, x}),
            "x = placeholder  float32 []\n"
            "exp = exp(x)  float32 []\n");
  EXPECT_EQ(listing({}), "");
}

TEST(Text, of_an_empty_graph_is_empty) { EXPECT_EQ(to_text(Graph()), ""); }

}  // namespace
}  // namespace gradus
