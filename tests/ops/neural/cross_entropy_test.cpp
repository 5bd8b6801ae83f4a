#include <limits>

#include <gtest/gtest.h>

#include <gradus/gradients.h>

#include "core/refusal.h"
#include "ops/support.h"

namespace gradus {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

void expect_all_nan(const Array& x) {
  for (float v : x.values<float>()) EXPECT_TRUE(std::isnan(v)) << to_text(x);
}

TEST(Softmax, of_large_logits_does_not_overflow) {
  Graph g;
  EXPECT_EQ(value(softmax(g.constant({1e38, 1e38}))), Array({0.5, 0.5}));
  EXPECT_EQ(value(softmax(g.constant({-1e38, 1e38}))), Array({0, 1}));
  EXPECT_EQ(value(log_softmax(g.constant({-200, 0}))), Array({-200, 0}));
}

TEST(Softmax, of_a_row_of_minus_infinity_is_nan) {
  Graph g;
  expect_all_nan(value(softmax(g.constant({-inf, -inf}))));
  expect_all_nan(value(log_softmax(g.constant({-inf, -inf}))));
}

TEST(Softmax, of_minus_infinity_beside_a_number_is_0) {
  Graph g;
  EXPECT_EQ(value(softmax(g.constant({-inf, 7}))), Array({0, 1}));
  EXPECT_EQ(value(log_softmax(g.constant({-inf, 7}))), Array({-inf, 0}));
}

TEST(Softmax, of_infinity_or_nan_makes_its_row_alone_nan) {
  Graph g;
  const double nan = std::nan("");
  const Array y = value(softmax(g.constant({{inf, 0}, {1, nan}, {2, 2}})));
  expect_all_nan(y.rows(0, 2));
  EXPECT_EQ(y.rows(2, 3), Array({{0.5, 0.5}}));
}

TEST(Softmax, has_the_same_bits_for_any_number_of_threads_and_any_neighbours) {
  Graph g;
  const Array x = sample({301, 77}, float32);
  const Tensor fed = g.placeholder("x", {any_size, 77});
  const Tensor y = log_softmax(softmax(fed));
  const Array one = Session(g, {.threads = 1}).run(y, {{fed, x}});
  for (int threads : {2, 3, 4})
    EXPECT_EQ(Session(g, {.threads = threads}).run(y, {{fed, x}}), one) << threads;
  EXPECT_EQ(value(y, {{fed, x.rows(300, 301)}}), one.rows(300, 301));
}

TEST(CrossEntropy, of_a_label_of_0_at_a_logit_of_minus_infinity_is_0) {
  Graph g;
  const Tensor labels = g.constant({0, 1}), logits = g.constant({-inf, 7});
  EXPECT_EQ(value(softmax_cross_entropy_with_logits(labels, logits)).item(), 0);
}

TEST(CrossEntropy, of_a_wrong_sure_sigmoid_grows_as_the_logit) {
  Graph g;
  EXPECT_EQ(value(sigmoid_cross_entropy_with_logits(g.constant({1, 0}), g.constant({-1e4, 1e4}))),
            Array({1e4, 1e4}));
}

TEST(CrossEntropy, of_labels_gives_them_no_gradient_if_they_are_integers) {
  Graph g;
  const Tensor labels = g.constant({1, 0}, int32), logits = g.placeholder("x", {2, 2});
  const Tensor loss = reduce_sum(sparse_softmax_cross_entropy_with_logits(labels, logits));
  EXPECT_EQ(value(gradients(loss, {logits})[0], {{logits, Array::zeros({2, 2})}}),
            Array({{0.5, -0.5}, {-0.5, 0.5}}));
}

TEST(CrossEntropy, refuses_labels_that_are_no_class_in_the_run) {
  Graph g;
  const Tensor logits = g.placeholder("x", {2, 3}), labels = g.placeholder("k", {2}, int64);
  const Tensor y = sparse_softmax_cross_entropy_with_logits(labels, logits);
  const Tensor one_hot = one_hot_like(labels, logits);
  for (const Tensor& node : {y, one_hot})
    for (const std::int64_t wrong :
         {std::int64_t{-1}, std::int64_t{3}, std::numeric_limits<std::int64_t>::max()}) {
      const std::string op = node.op_name();
      EXPECT_EQ(refusal<DataError>([&] {
                  value(node, {{logits, Array::zeros({2, 3})},
                               {labels, Array({2}, std::vector{std::int64_t{0}, wrong})}});
                }),
                op + ": label " + std::to_string(wrong) + " of row 1 is none of 3 classes\n  at  " +
                    to_text(node.where()) + ", node \"" + op +
                    "\"\n  labels   \"k\"  int64 [2]\n  " +
                    (op == "one_hot_like" ? "model    " : "logits   ") + "\"x\"  float32 [2, 3]");
    }
}

}  // namespace
}  // namespace gradus
