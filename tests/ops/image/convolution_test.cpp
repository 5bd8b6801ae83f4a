#include <gtest/gtest.h>

#include <gradus/gradients.h>

#include "ops/support.h"

namespace gradus {
namespace {

Array line(const Values& pixels) {
  const Array x(pixels);
  return x.reshaped({1, 1, x.size(), 1});
}
const ConvolutionOptions same_2{.strides = {2, 2}, .padding = Padding::same};

TEST(Conv2d, padding_same_puts_the_odd_element_behind) {
  Graph g;
  const Tensor x = g.constant(line({1, 2, 3, 4})),
               w = g.constant(line({1, 10, 100}).reshaped({1, 3, 1, 1}));
  EXPECT_EQ(value(conv2d(x, w, same_2)), line({321, 43}));
}

TEST(Conv2d, of_nothing_is_0_and_of_no_image_is_none) {
  Graph g;
  const Tensor none = g.placeholder("none", {2, 3, 3, 0}), w = g.placeholder("w", {2, 2, 0, 4});
  EXPECT_EQ(
      value(conv2d(none, w), {{none, Array::zeros({2, 3, 3, 0})}, {w, Array::zeros({2, 2, 0, 4})}}),
      Array::zeros({2, 2, 2, 4}));
  const Tensor batch = g.placeholder("batch", {any_size, 3, 3, 2}),
               v = g.placeholder("v", {2, 2, 2, 4});
  const Tensor dv = gradients(reduce_sum(conv2d(batch, v)), {v})[0];
  EXPECT_EQ(value(dv, {{batch, Array::zeros({0, 3, 3, 2})}, {v, Array::full({2, 2, 2, 4}, 1)}}),
            Array::zeros({2, 2, 2, 4}));
}

TEST(Conv2d, and_its_gradients_have_the_same_bits_for_any_number_of_threads) {
  Graph g;
  const Array x = sample({5, 33, 30, 7}, float32), w = sample({3, 3, 7, 9}, float32, 2);
  const Tensor fed = g.placeholder("x", x.shape()), filter = g.placeholder("w", w.shape());
  const Tensor y = conv2d(fed, filter, same_2);
  const Tensor dy = stop_gradient(tanh(y));
  const std::vector<Tensor> d = gradients(reduce_sum(y * dy), {fed, filter});
  const std::vector<Feed> feeds{{fed, x}, {filter, w}};
  const auto one = Session(g, {.threads = 1}).run({y, d[0], d[1]}, feeds);
  for (int threads : {2, 3, 4})
    EXPECT_EQ(Session(g, {.threads = threads}).run({y, d[0], d[1]}, feeds), one) << threads;
}

TEST(Conv2d, of_an_image_does_not_depend_on_its_batch) {
  Graph g;
  const Array x = sample({5, 13, 11, 7}, float32), w = sample({3, 3, 7, 9}, float32, 2);
  const Tensor fed = g.placeholder("x", {any_size, 13, 11, 7});
  const Tensor y = conv2d(fed, g.constant(w));
  EXPECT_EQ(value(y, {{fed, x.rows(4, 5)}}), value(y, {{fed, x}}).rows(4, 5));
}

TEST(MaxPool2d, gives_its_gradient_to_the_first_largest_in_the_order_of_rows) {
  Graph g;
  const Tensor x = g.constant(Array({{1, 2}, {2, 2}}).reshaped({1, 2, 2, 1}));
  const Tensor y = max_pool2d(x);
  EXPECT_EQ(value(y).item(), 2);
  EXPECT_EQ(value(gradients(reduce_sum(y), {x})[0]),
            Array({{0, 1}, {0, 0}}).reshaped({1, 2, 2, 1}));
}

TEST(MaxPool2d, takes_nan_for_the_largest_and_gives_it_the_gradient) {
  Graph g;
  const Tensor x = g.constant(line({1, std::nan(""), 5, 7, 8, 9}));
  const Tensor y = max_pool2d(x, {.window = {1, 3}, .strides = {1, 3}});
  EXPECT_EQ(to_text(value(y)), "[[[[nan], [9]]]]");
  EXPECT_EQ(value(gradients(reduce_sum(y), {x})[0]), line({0, 1, 0, 0, 0, 1}));
}

TEST(MaxPool2d, takes_no_padding_for_an_element) {
  Graph g;
  const Tensor x = g.constant(line({-1, -2, -3}));
  EXPECT_EQ(value(max_pool2d(x, {{1, 2}, {1, 2}, {0, 0, 1, 0}})), line({-1, -2}));
}

TEST(AveragePool2d, counts_only_elements_inside_of_the_image) {
  Graph g;
  const Tensor x = g.constant(line({1, 3, 8}));
  EXPECT_EQ(value(average_pool2d(x, {{1, 2}, {1, 2}, Padding::same})), line({2, 8}));
  EXPECT_EQ(value(average_pool2d(x, {{1, 2}, {1, 2}, {0, 0, 1, 0}})), line({1, 5.5}));
}

TEST(Pools, have_the_same_bits_for_any_number_of_threads) {
  Graph g;
  const Array x = sample({5, 33, 30, 7}, float32);
  const Tensor fed = g.placeholder("x", x.shape());
  const PoolOptions overlapping{.window = {3, 3}, .padding = Padding::same};
  const Tensor a = max_pool2d(fed, overlapping), b = average_pool2d(fed, overlapping);
  const Tensor dx = gradients(reduce_sum(a * a) + reduce_sum(b * b), {fed})[0];
  const auto one = Session(g, {.threads = 1}).run({a, b, dx}, {{fed, x}});
  for (int threads : {2, 3, 4})
    EXPECT_EQ(Session(g, {.threads = threads}).run({a, b, dx}, {{fed, x}}), one) << threads;
}

}  // namespace
}  // namespace gradus
