#include <gtest/gtest.h>

#include <gradus/gradients.h>

#include "core/refusal.h"
#include "ops/support.h"

namespace gradus {
namespace {

using Xs = std::span<const Tensor>;

TEST(CustomGradient, hands_down_what_its_rules_say) {
  Graph g;
  const Tensor x = g.placeholder("x", {3}), w = g.placeholder("w", {3});
  const double limit = 1;
  const Tensor y = custom_gradient(
      x * w, {{x, [limit](const Tensor& dy, const Tensor&,
                          Xs xs) { return clip(dy * xs[1], -limit, limit); }},
              {w, [](const Tensor& dy, const Tensor& value, Xs) { return dy * value; }}});
  const std::vector<Tensor> d = gradients(reduce_sum(y), {x, w});
  Session session(g);
  const std::vector<Array> values =
      session.run({y, d[0], d[1]}, {{x, Array({1, 2, 3})}, {w, Array({0.5, -4, 6})}});
  EXPECT_EQ(values[0], Array({0.5, -8, 18}));
  EXPECT_EQ(values[1], Array({0.5, -1, 1}));
  EXPECT_EQ(values[2], Array({0.5, -8, 18}));
}

// log(1 + e^x), whose naive gradient e^x / (1 + e^x) is lost where e^x overflows: the case of
// TensorFlow's documents.
TEST(CustomGradient, mends_an_unstable_one_and_has_derivatives_itself) {
  Graph g;
  const Tensor x = g.placeholder("x", {}, float64);
  // [use]
  const Tensor e = exp(x);
  const Tensor naive = log(1 + e);
  const Tensor y = custom_gradient(
      naive, {{x, [](const Tensor& dy, const Tensor&, Xs xs) { return dy * sigmoid(xs[0]); }}});
  // [use]
  const Tensor slope = gradient(y, x), curvature = gradient(slope, x);
  EXPECT_EQ(value(gradient(naive, x), {{x, 1000}}).item<double>(), 0);
  EXPECT_EQ(value(slope, {{x, 1000}}).item<double>(), 1);
  EXPECT_DOUBLE_EQ(value(curvature, {{x, 0}}).item<double>(), 0.25);
}

TEST(CustomGradient, does_not_keep_the_graph_alive) {
  std::weak_ptr<GraphState> state;
  {
    Graph g;
    state = g.shared_state();
    const Tensor x = g.placeholder("x", {});
    custom_gradient(square(x), {{x, [](const Tensor& dy, const Tensor&, Xs) { return dy; }}});
  }
  EXPECT_TRUE(state.expired());
  const auto captures = [t = Tensor()](const Tensor&, const Tensor&, Xs) { return t; };
  EXPECT_FALSE(GradientFormula<decltype(captures)>);
}

TEST(CustomGradient, refuses_no_rules_and_gradients_that_do_not_fit) {
  Graph g;
  const Tensor x = g.placeholder("x", {3});
  EXPECT_EQ(refusal<GraphError>([&] { custom_gradient(x, {}); }),
            "custom_gradient: 0 rules, 1 to 31 are possible\n  at  here");
  constexpr Tensor (*none)(const Tensor&, const Tensor&, Xs) = nullptr;
  EXPECT_EQ(refusal<GraphError>([&] {
              custom_gradient(x, {{x, none}});
            }),
            "custom_gradient: rule 0 has no function\n  at  here");
  const Tensor y =
      custom_gradient(x, {{x, [](const Tensor& dy, const Tensor&, Xs) { return reduce_sum(dy); }}});
  EXPECT_EQ(refusal<GraphError>([&] { gradient(reduce_sum(y), x); }),
            "gradients: the rule of op \"custom_gradient\" made float32 [] for \"x\", which is "
            "float32 [3]\n  at  here");
}

}  // namespace
}  // namespace gradus
