// A layer costs what its ops cost: a training step over it has the plan of one over the same ops
// written by hand.
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "support/environment.h"

namespace gradus::layers {
namespace {

// Calls, work and memory of a step of SGD for a sum of y.
auto cost_of(const Graph& g, const Tensor& y, const Feed& feed) {
  const Tensor step = SGD{}.minimize(reduce_sum(square(y)));
  const PlanReport plan = Session(g, {.threads = 2}).plan(step, {feed});
  std::multiset<std::tuple<std::string, std::int64_t, std::int64_t>> steps;
  for (const PlanReport::Step& s : plan.steps) steps.emplace(s.kernel, s.flops, s.bytes);
  return std::tuple(steps, plan.arena_bytes, plan.scratch_bytes, plan.copied_bytes);
}

struct ByHand : testing::Test {
  EnvironmentVariable compiled{"GRADUS_INTERPRET", "0"}, all_passes{"GRADUS_PASSES_OFF", ""};
  Graph a, b;  // with the layer, and without
  Variable matrix(const std::string& name, const Shape& shape) const {
    return b.variable(name, glorot_uniform(shape));
  }
};

TEST_F(ByHand, dense) {
  const Tensor x = a.placeholder("x", {any_size, 784}), x_b = b.placeholder("x", {any_size, 784});
  const Tensor y = Dense(a, 784, 128, {.activation = "relu"})(x);
  const Variable W = matrix("W", {128, 784}), bias = matrix("b", {128});
  const Tensor by_hand = relu(matmul(x_b, W, {.transpose_b = true}) + bias);
  const Array rows = Array::zeros({50, 784});
  EXPECT_EQ(cost_of(a, y, {x, rows}), cost_of(b, by_hand, {x_b, rows}));
}

TEST_F(ByHand, convolution_and_pool) {
  const Shape shape{any_size, 28, 28, 1};
  const Tensor x = a.placeholder("x", shape), x_b = b.placeholder("x", shape);
  const Tensor y = MaxPool2D()(Conv2D(a, 1, 8, 3, {.activation = "relu"})(x));
  const Variable W = matrix("W", {3, 3, 1, 8}), bias = matrix("b", {8});
  const Tensor by_hand = max_pool2d(relu(conv2d(x_b, W) + bias));
  const Array images = Array::zeros({50, 28, 28, 1});
  EXPECT_EQ(cost_of(a, y, {x, images}), cost_of(b, by_hand, {x_b, images}));
}

TEST_F(ByHand, layer_norm) {
  const Tensor x = a.placeholder("x", {any_size, 64}), x_b = b.placeholder("x", {any_size, 64});
  const Tensor y = LayerNorm(a, 64)(x);
  const Variable scale = matrix("scale", {64}), shift = matrix("shift", {64});
  const Tensor by_hand = layer_norm(x_b, scale, shift);
  const Array rows = Array::zeros({50, 64});
  EXPECT_EQ(cost_of(a, y, {x, rows}), cost_of(b, by_hand, {x_b, rows}));
}

TEST_F(ByHand, embedding) {
  const Tensor x = a.placeholder("x", {any_size, 5}, int64),
               x_b = b.placeholder("x", {any_size, 5}, int64);
  const Tensor y = Embedding(a, 100, 16)(x);
  const Tensor by_hand = gather(matrix("W", {100, 16}), x_b);
  const Array ids = Array::zeros({50, 5}, int64);
  EXPECT_EQ(cost_of(a, y, {x, ids}), cost_of(b, by_hand, {x_b, ids}));
}

TEST_F(ByHand, lstm) {
  const Tensor x = a.placeholder("x", {any_size, 4, 28}),
               x_b = b.placeholder("x", {any_size, 4, 28});
  const Tensor y = LSTM(a, 28, 32)(x);
  const Variable W = matrix("W", {128, 28}), U = matrix("U", {128, 32}), bias = matrix("b", {128});
  Tensor h, c;
  const std::vector<Tensor> elements = unstack(x_b, 1);
  for (std::size_t t = 0; t < 4; ++t) {
    const Tensor of_x = matmul(elements[t], W, {.transpose_b = true}) + bias;
    const std::vector<Tensor> gates =
        split(h ? of_x + matmul(h, U, {.transpose_b = true}) : of_x, 4, 1);
    const Tensor i = sigmoid(gates[0]), f = sigmoid(gates[1]), candidate = tanh(gates[2]),
                 o = sigmoid(gates[3]);
    const Tensor added = i * candidate;
    c = c ? f * c + added : added;
    h = o * tanh(c);
  }
  const Array rows = Array::zeros({50, 4, 28});
  EXPECT_EQ(cost_of(a, y, {x, rows}), cost_of(b, h, {x_b, rows}));
}

}  // namespace
}  // namespace gradus::layers
