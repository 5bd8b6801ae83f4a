// Values of gradients: conventions at kinks, higher orders, numbers of another library.
#include <gradus/gradients.h>

#include <cmath>

#include <gtest/gtest.h>

#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/session.h>

#include "runtime/support.h"

namespace gradus {
namespace {

std::string value_of(const Graph& g, const Tensor& t) {
  Session session(g, {.threads = 1});
  return to_text(session.run(t));
}

// dy/dx at x, from upstream gradients 1.
template <class F>
std::string slopes(const Values& at, F&& call) {
  Graph g;
  const Tensor x = g.constant(at);
  const Tensor y = call(x);
  return value_of(g, gradient(y, x, {.grad_ys = {ones_like(y)}}));
}

TEST(GradientValues, slopes_at_kinks_are_as_documented) {
  EXPECT_EQ(slopes({-1, 0, 2}, [](Tensor x) { return relu(x); }), "[0, 0, 1]");
  EXPECT_EQ(slopes({-1, 0, 2}, [](Tensor x) { return abs(x); }), "[-1, 0, 1]");
  EXPECT_EQ(slopes({-1, 0, 2}, [](Tensor x) { return sign(x); }), "[0, 0, 0]");
  EXPECT_EQ(slopes({0, 2}, [](Tensor x) { return elu(x); }), "[1, 1]");
  EXPECT_EQ(slopes({0, 2}, [](Tensor x) { return elu(x, 0.5); }), "[0.5, 1]");
  EXPECT_EQ(slopes({0, 4}, [](Tensor x) { return sqrt(x); }), "[inf, 0.25]");
  EXPECT_EQ(slopes({0, 1, 2}, [](Tensor x) { return maximum(x, 1); }), "[0, 0.5, 1]");
  EXPECT_EQ(slopes({0, 1, 2}, [](Tensor x) { return maximum(1, x); }), "[0, 0.5, 1]");
  EXPECT_EQ(slopes({0, 1, 2}, [](Tensor x) { return minimum(x, 1); }), "[1, 0.5, 0]");
  EXPECT_EQ(slopes({0, 1, 2}, [](Tensor x) { return maximum(x, x); }), "[1, 1, 1]");
  EXPECT_EQ(slopes({3, 1, 3}, [](Tensor x) { return reduce_max(x); }), "[0.5, 0, 0.5]");
  EXPECT_EQ(slopes({{3, 3}, {1, 2}}, [](Tensor x) { return reduce_max(x, 1); }),
            "[[0.5, 0.5], [0, 1]]");
}

// A slope of inf or NaN times an upstream gradient of 0 is 0.
TEST(GradientValues, what_where_hides_has_no_gradient) {
  const auto hidden = [](Tensor (*f)(Tensor)) {
    return [f](Tensor x) { return where(x > 0, f(x), 0); };
  };
  EXPECT_EQ(slopes({0, -1, 4}, hidden([](Tensor x) { return sqrt(x); })), "[0, 0, 0.25]");
  EXPECT_EQ(slopes({0, -1, 4}, hidden([](Tensor x) { return log(x); })), "[0, 0, 0.25]");
  EXPECT_EQ(slopes({0, -1, 4}, hidden([](Tensor x) { return 1 / x; })), "[-0, -0, -0.0625]");
  EXPECT_EQ(slopes({0, -1, 4}, hidden([](Tensor x) { return power(x, 0.5); })), "[0, 0, 0.25]");
  EXPECT_EQ(slopes({0, -1, 2}, hidden([](Tensor x) { return x / x; })), "[0, 0, 0]");

  // Nor has what overflows after it: softplus as it is often written.
  const auto softplus_of_small = [](Tensor x) { return where(x > 20, x, log(1 + exp(x))); };
  EXPECT_EQ(slopes({1000, 0, -1000}, softplus_of_small), "[1, 0.5, 0]");

  // Nor has a product, though its factor is infinite or NaN: entropy, divergence.
  EXPECT_EQ(slopes({0, -1, 1}, hidden([](Tensor x) { return x * log(x); })), "[0, 0, 1]");
  EXPECT_EQ(slopes({0, -1, 1}, hidden([](Tensor x) { return x * (log(x) - 2); })), "[0, 0, -1]");
  EXPECT_EQ(slopes({0, -1, 1}, hidden([](Tensor x) { return sqrt(x) * (1 / x); })), "[0, 0, -0.5]");
}

// Nor a second one.
TEST(GradientValues, what_where_hides_has_no_second_gradient) {
  const auto curvatures = [](Tensor (*f)(Tensor)) {
    return slopes({0, -1, 2}, [f](Tensor x) {
      const Tensor y = where(x > 1, f(x), 0);
      return gradient(reduce_sum(y), x);
    });
  };
  EXPECT_EQ(curvatures([](Tensor x) { return reciprocal(x); }), "[0, 0, 0.25]");
  EXPECT_EQ(curvatures([](Tensor x) { return 1 / x; }), "[-0, -0, 0.25]");
  EXPECT_EQ(curvatures([](Tensor x) { return acosh(x); }), "[0, 0, -0.3849002]");
  EXPECT_EQ(curvatures([](Tensor x) { return x * log(x); }), "[0, 0, 0.5]");
}

// A row that is NaN, as softmax of nothing but -inf is, and that the loss does not see.
TEST(GradientValues, of_a_hidden_row_are_0) {
  const auto of_row_0 = [](auto f) {
    Graph g;
    const Tensor x = g.placeholder("x", {2, 2});
    const Tensor y = f(g, x);
    const Tensor is_seen = g.constant({0, 1}, boolean);
    const Tensor mask = y.rank() == 1 ? is_seen : expand_dims(is_seen, 1);
    const Tensor first = gradient(reduce_sum(where(mask, y, 0)), x);
    Session session(g);
    const float inf = std::numeric_limits<float>::infinity();
    const Feed feed{x, Array({{-inf, -inf}, {0, 0}})};
    return to_text(session.run(first, {feed})) + " and " +
           to_text(session.run(gradient(reduce_sum(first), x), {feed}));
  };
  const auto labels = [](Graph& g) { return g.constant({{0, 1}, {0, 1}}); };
  EXPECT_EQ(of_row_0([&](Graph& g, Tensor x) {
              return sparse_softmax_cross_entropy_with_logits(g.constant({1, 1}, int32), x);
            }),
            "[[0, 0], [0.5, -0.5]] and [[0, 0], [0, 0]]");
  EXPECT_EQ(
      of_row_0([&](Graph& g, Tensor x) { return softmax_cross_entropy_with_logits(labels(g), x); }),
      "[[0, 0], [0.5, -0.5]] and [[0, 0], [0, 0]]");
  EXPECT_EQ(of_row_0([](Graph&, Tensor x) { return softmax(x); }),
            "[[0, 0], [0, 0]] and [[0, 0], [0, 0]]");
  EXPECT_EQ(of_row_0([](Graph&, Tensor x) { return log_softmax(x); }),
            "[[0, 0], [0, 0]] and [[0, 0], [0, 0]]");
  EXPECT_EQ(of_row_0([](Graph&, Tensor x) { return reduce_logsumexp(x, 1); }),
            "[[0, 0], [0.5, 0.5]] and [[0, 0], [0, 0]]");
}

TEST(GradientValues, third_derivative_of_exp_is_exp) {
  Graph g;
  const Tensor x = g.constant(0.5, float64);
  const Tensor d3 = gradient(gradient(gradient(exp(x), x), x), x);
  Session session(g);
  EXPECT_NEAR(session.run(d3).item<double>(), std::exp(0.5), 1e-15);
}

// tanh''' = (1 - t^2) (6 t^2 - 2)
TEST(GradientValues, third_derivative_of_tanh) {
  Graph g;
  const Tensor x = g.constant(0.5, float64);
  const Tensor d3 = gradient(gradient(gradient(tanh(x), x), x), x);
  Session session(g);
  const double t = std::tanh(0.5);
  EXPECT_NEAR(session.run(d3).item<double>(), (1 - t * t) * (6 * t * t - 2), 1e-14);
}

TEST(GradientValues, unconnected_gradients_are_exact_zeros_if_asked_for) {
  Graph g;
  const Tensor x = g.constant({1, 2}), other = g.constant({{1, 2, 3}}, float64);
  const std::vector<Tensor> d =
      gradients(reduce_sum(square(x)), {x, other}, {.unconnected = Unconnected::zero});
  EXPECT_EQ(value_of(g, d[0]), "[2, 4]");
  Session session(g);
  EXPECT_EQ(session.run(d[1]), Array::zeros({1, 3}, float64));
}

TEST(GradientValues, a_y_that_stands_twice_counts_twice) {
  Graph g;
  const Tensor x = g.constant(3), y = square(x);
  EXPECT_EQ(value_of(g, gradients({y, y}, {x})[0]), "12");
  EXPECT_EQ(value_of(g, gradients({y, y}, {x}, {.grad_ys = {g.constant(10), g.constant(1)}})[0]),
            "66");
}

TEST(GradientValues, ys_may_be_computed_from_one_another) {
  Graph g;
  const Tensor x = g.constant(3), y = square(x), z = square(y);
  const std::vector<Tensor> d = gradients({z, y}, {x, y});
  EXPECT_EQ(value_of(g, d[0]), "114");  // 4 x^3 + 2 x
  EXPECT_EQ(value_of(g, d[1]), "19");   // 2 y + 1
}

TEST(GradientValues, a_gradient_goes_to_placeholders_and_inner_nodes) {
  Graph g;
  const Tensor x = g.placeholder("x", {}), h = exp(x), y = square(h);
  const std::vector<Tensor> d = gradients(y, {h, x});
  Session session(g);
  const std::vector<Array> values = session.run(d, {{x, 0.0}});
  EXPECT_EQ(values[0].item(), 2.0f);
  EXPECT_EQ(values[1].item(), 2.0f);
}

TEST(GradientValues, an_unbroadcast_gradient_has_the_shape_of_its_operand) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, any_size}), b = g.placeholder("b", {any_size});
  const Tensor db = gradient(reduce_sum(x * b), b);
  Session session(g);
  const Array rows({{1, 2, 3}, {4, 5, 6}});
  EXPECT_EQ(to_text(session.run(db, {{x, rows}, {b, Array({1, 1, 1})}})), "[5, 7, 9]");
}

TEST(GradientValues, gradient_of_a_mean_over_nothing_is_empty) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const Tensor dx = gradient(reduce_mean(x), x);
  Session session(g);
  EXPECT_EQ(session.run(dx, {{x, Array::zeros({0, 3})}}), Array::zeros({0, 3}));
}

// The numbers below were made with PyTorch 1.13 in float64: autograd.grad of the same expressions,
// with create_graph for those of second order, printed with 17 digits.
void expect_near(const Array& value, const std::vector<double>& expected) {
  const std::vector<double> values = value.to_vector<double>();
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_LE(std::abs(values[i] - expected[i]), 1e-14 * std::max(1.0, std::abs(expected[i])))
        << i << ": " << values[i] << " and " << expected[i];
}

TEST(GradientValues, tied_auto_encoder_has_the_gradients_of_pytorch) {
  Graph g;
  const Tensor x = g.constant({{0.5, -1.25, 2.0}, {1.5, 0.25, -0.75}}, float64);
  const Variable W = g.variable("W", Array({{0.2, -0.4, 0.6}, {-0.3, 0.1, 0.5}}, float64));
  const Variable b1 = g.variable("b1", Array({0.1, -0.2}, float64));
  const Variable b2 = g.variable("b2", Array({0.05, -0.15, 0.25}, float64));
  const Tensor code = elu(matmul(x, W, {.transpose_b = true}) + b1);
  const Tensor x_tilde = elu(matmul(code, W) + b2);
  const Tensor loss =
      reduce_mean(reduce_sum(square(x_tilde - x), 1)) + 1e-2 * reduce_sum(square(W));
  const std::vector<Tensor> d = gradients(loss, {W, b1, b2});
  const std::vector<Tensor> dd = gradients(reduce_sum(square(d[0])), {W, b1});
  Session session(g);
  expect_near(session.run(loss), {1.4173723173059185});
  expect_near(session.run(d[0]), {-0.18353057198285003, 1.0846148130143116, -1.58308927382213,
                                  0.99018725892511, 0.5186013199625789, -0.8286752621532657});
  expect_near(session.run(d[1]), {-0.20208484905605867, 0.1496099355878756});
  expect_near(session.run(d[2]), {-1.5157222370664212, -0.05203623214033842, 0.17860304180984865});
  expect_near(session.run(dd[0]), {-3.733527889333517, 14.529124687430679, -40.85242970861203,
                                   -2.908791255317804, 8.670651340771066, -21.031431077754856});
  expect_near(session.run(dd[1]), {-7.265260693319493, -5.629225759960967});
}

TEST(GradientValues, cross_entropy_of_logits_has_the_gradients_of_pytorch) {
  Graph g;
  const Tensor logit = g.constant({-1.5, 0.25, 3}, float64), label = g.constant({1, 0, 1}, float64);
  const Tensor loss = reduce_mean(softplus(logit) - label * logit);
  Session session(g);
  expect_near(session.run(loss), {0.8586466831451127});
  expect_near(session.run(gradient(loss, logit)),
              {-0.2725248253978812, 0.1873921669619327, -0.015808624392522213});
}

TEST(GradientValues, log_sum_exp_has_the_gradients_of_pytorch) {
  Graph g;
  const Tensor z = g.constant({{1, 2, -1}, {0.5, 0.5, 3}}, float64);
  const Tensor w = g.constant({{1, -2, 3}, {-1, 2, 0.5}}, float64);
  const Tensor top = reduce_max(z, 1, true);
  const Tensor y = reduce_sum(log(reduce_sum(exp(z - top), 1, true)) + top);
  const Tensor softmax = gradient(y, z);
  Session session(g);
  expect_near(session.run(y), {5.501020601159322});
  expect_near(session.run(softmax), {0.2594964603424192, 0.7053845126982413, 0.03511902695933973,
                                     0.07050946066120505, 0.07050946066120505, 0.8589810786775897});
  expect_near(session.run(gradient(reduce_sum(softmax * w), z)),
              {0.5309078263034303, -0.6729964412674185, 0.14208861496398856, -0.10576419099180756,
               0.10576419099180757, 1.1102230246251565e-16});
}

}  // namespace
}  // namespace gradus
