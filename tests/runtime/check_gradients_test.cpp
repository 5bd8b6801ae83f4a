#include <gradus/check_gradients.h>

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include <gradus/graph.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/ops.h>

#include "support.h"

namespace gradus {
namespace {

// y = x^2, with gradients that are wrong in one way each.
constexpr auto squared = elementwise<1>([](auto x) { return x * x; });
constexpr Op wrong_factor{.name = "wrong_factor",
                          .doc = "x^2.",
                          .operands = {"x"},
                          .kernel = squared,
                          .gradient = {[](Tensor dy, Tensor x) { return dy * (2.002 * x); }},
                          .gradient_text = {""}};
constexpr Op wrong_sign{.name = "wrong_sign",
                        .doc = "x^2.",
                        .operands = {"x"},
                        .kernel = squared,
                        .gradient = {[](Tensor dy, Tensor x) { return -dy * (2 * x); }},
                        .gradient_text = {""}};
constexpr Op wrong_nan{.name = "wrong_nan",
                       .doc = "x^2.",
                       .operands = {"x"},
                       .kernel = squared,
                       .gradient = {[](Tensor dy, Tensor x) { return dy * log(-square(x)); }},
                       .gradient_text = {""}};
// y = x repeated in two rows, whose gradient takes the first row instead of the sum.
constexpr Op missing_sum{
    .name = "missing_sum",
    .doc = "x and 0.",
    .operands = {"x", "model"},
    .shape = [](Shape, Shape model) { return model; },
    .shape_operands = 0b10,
    .kernel = GeneralKernel{[](const KernelCall& call) {
      const std::int64_t n = call.inputs[0].shape[0];
      for (std::int64_t i = 0; i < 2 * n; ++i)
        static_cast<double*>(call.result)[i] = call.inputs[0].as<double>()[i % n];
    }},
    .gradient = {[](Tensor dy, Tensor, Tensor) { return reduce_max(dy, 0); }, {}},
    .gradient_text = {"", ""}};

struct CheckGradients : testing::Test {
  Graph g;
  Session session{g, {.threads = 1}};

  GradientReport report_of(const Op& op, DType dtype) {
    const Tensor x = g.placeholder("x", {any}, dtype);
    const Operand operand(x);
    return check_gradients(session, add_node(op, {&operand}), {x},
                           {{x, array({0.5, -1.5, 2}, dtype)}});
  }
};

// Fixed numbers, and elu, tanh, max and mean of them: everything that a small model has.
Tensor model(Graph& g, const Tensor& x, std::vector<Tensor>& variables) {
  const DType dtype = x.dtype();
  const Variable W = g.variable("W", random_array({4, 3}, "W", -1, 1, dtype));
  const Variable b = g.variable("b", random_array({4}, "b", -1, 1, dtype));
  const Variable V = g.variable("V", random_array({4, 3}, "V", -1, 1, dtype));
  variables = {W, b, V};
  const Tensor h = elu(matmul(x, W, {.transpose_b = true}) + b);
  return reduce_mean(reduce_sum(square(tanh(matmul(h, V)) - x), 1)) + 0.1 * reduce_sum(square(W));
}

TEST_F(CheckGradients, a_right_model_agrees_in_both_dtypes) {
  for (DType dtype : {float64, float32}) {
    Graph graph;
    Session s(graph, {.threads = 1});
    const Tensor x = graph.placeholder("x", {any, 3}, dtype);
    std::vector<Tensor> xs;
    const Tensor loss = model(graph, x, xs);
    xs.push_back(x);
    const GradientReport report =
        check_gradients(s, loss, xs, {{x, random_array({5, 3}, "x", -1, 1, dtype)}});
    EXPECT_TRUE(report.ok()) << to_text(report);
    EXPECT_EQ(report.checked, 12 + 4 + 12 + 15);
    EXPECT_LE(report.unclear, dtype == float64 ? 0 : 4) << to_text(report);
  }
}

TEST_F(CheckGradients, y_may_have_any_shape) {
  const Tensor x = g.placeholder("x", {any, 3}, float64);
  const GradientReport report =
      check_gradients(session, exp(x) * reduce_sum(x), {x}, {{x, random_array({2, 3}, "x")}});
  EXPECT_TRUE(report.ok()) << to_text(report);
  EXPECT_EQ(report.checked, 6);
}

TEST_F(CheckGradients, a_factor_of_1_001_is_caught_in_float64) {
  const GradientReport report = report_of(wrong_factor, float64);
  EXPECT_FALSE(report.ok());
  EXPECT_NEAR(report.worst.error, 0.001 / 1.001, 1e-8);
}

TEST_F(CheckGradients, a_wrong_sign_is_caught_in_both_dtypes) {
  EXPECT_FALSE(report_of(wrong_sign, float64).ok());
  Graph graph;
  Session s(graph);
  const Tensor x = graph.placeholder("x", {any});
  const Operand operand(x);
  EXPECT_FALSE(
      check_gradients(s, add_node(wrong_sign, {&operand}), {x}, {{x, array({0.5, -1.5, 2})}}).ok());
}

TEST_F(CheckGradients, a_missing_sum_is_caught) {
  const Tensor x = g.placeholder("x", {3}, float64), model = g.placeholder("m", {2, 3}, float64);
  const Operand a(x), b(model);
  const GradientReport report =
      check_gradients(session, add_node(missing_sum, {&a, &b}), {x}, {{x, random_array({3}, "x")}});
  EXPECT_FALSE(report.ok());
  EXPECT_GT(report.worst.error, 0.1);
}

TEST_F(CheckGradients, a_stopped_gradient_is_caught) {
  const Tensor x = g.placeholder("x", {any}, float64);
  const Array at = random_array({3}, "x", 1, 2);
  const GradientReport half = check_gradients(session, x * stop_gradient(x), {x}, {{x, at}});
  EXPECT_NEAR(half.worst.error, 0.5, 1e-6) << to_text(half);
  const GradientReport none = check_gradients(session, stop_gradient(x) * 2, {x}, {{x, at}});
  EXPECT_NEAR(none.worst.error, 1, 1e-6) << to_text(none);
  EXPECT_FALSE(none.ok());
}

TEST_F(CheckGradients, a_nan_fails_and_is_the_worst) {
  const GradientReport report = report_of(wrong_nan, float64);
  EXPECT_FALSE(report.ok());
  EXPECT_EQ(report.worst.error, std::numeric_limits<double>::infinity());
  EXPECT_EQ(report.worst.index, std::vector<std::int64_t>{0});
  const Tensor z = g.placeholder("z", {}, float64);
  EXPECT_FALSE(check_gradients(session, sqrt(z), {z}, {{z, -1.0}}).ok());
}

TEST_F(CheckGradients, a_kink_within_the_step_is_no_proof) {
  const Tensor x = g.placeholder("x", {}, float64);
  EXPECT_FALSE(check_gradients(session, relu(x), {x}, {{x, 0x1p-19}}).ok());
  EXPECT_TRUE(check_gradients(session, relu(x), {x}, {{x, 0.1}}).ok());
}

TEST_F(CheckGradients, the_worst_element_is_reported_with_its_index) {
  const Tensor x = g.placeholder("x", {2, 2}, float64);
  const Tensor y = where(x > 3, x * stop_gradient(x), square(x));
  const GradientReport report =
      check_gradients(session, y, {x}, {{x, array({{1, 2}, {4, 3}}, float64)}});
  EXPECT_EQ(report.worst.x, "x");
  EXPECT_EQ(report.worst.index, (std::vector<std::int64_t>{1, 0}));
  EXPECT_NEAR(std::abs(report.worst.symbolic / report.worst.numeric), 0.5, 1e-6);
}

TEST_F(CheckGradients, a_fixed_sample_of_a_large_x_is_checked) {
  const Tensor x = g.placeholder("x", {any}, float64);
  const std::vector<Feed> feeds{{x, random_array({1000}, "x")}};
  const auto report_with = [&](const GradientCheckOptions& options) {
    return to_text(check_gradients(session, reduce_sum(square(x)), {x}, feeds, options));
  };
  EXPECT_EQ(check_gradients(session, exp(x), {x}, feeds).checked, 100);
  EXPECT_EQ(check_gradients(session, exp(x), {x}, feeds, {.max_elements = 7}).checked, 7);
  EXPECT_EQ(report_with({.max_elements = 7}), report_with({.max_elements = 7}));
  EXPECT_NE(report_with({.max_elements = 7}), report_with({.max_elements = 7, .seed = 1}));
}

TEST_F(CheckGradients, variables_are_left_as_they_were) {
  const Variable w = g.variable("w", random_array({3}, "w"));
  const Array before = session.value(w);
  EXPECT_TRUE(check_gradients(session, exp(w), {w}).ok());
  EXPECT_EQ(session.value(w), before);
}

// An op that throws as soon as its operand is above a limit.
struct Trap : Error {
  using Error::Error;
};
constexpr Op trap{.name = "trap",
                  .doc = "x.",
                  .operands = {"x"},
                  .kernel = GeneralKernel{[](const KernelCall& call) {
                    const double x = *call.inputs[0].as<double>();
                    if (x > 1) throw Trap("above 1");
                    *static_cast<double*>(call.result) = x;
                  }},
                  .gradient = {upstream},
                  .gradient_text = {""}};

TEST_F(CheckGradients, variables_are_left_as_they_were_if_a_run_throws) {
  const Variable w = g.variable("w", array(1, float64));
  const Operand operand(w);
  EXPECT_THROW(check_gradients(session, add_node(trap, {&operand}), {w}), Trap);
  EXPECT_EQ(session.value(w).item<double>(), 1);
}

TEST_F(CheckGradients, reports_read_well) {
  EXPECT_EQ(to_text(report_of(wrong_sign, float64)),
            "gradients differ: 3 elements, worst error 2 (tolerance 1e-06)\n"
            "  \"x\" at [1]: -3.806865 by gradients, 3.806865 by differences");
  EXPECT_EQ(to_text(GradientReport{.checked = 0, .worst = {}}), "gradients agree: 0 elements");
  EXPECT_EQ(
      to_text(GradientReport{
          .checked = 4, .unclear = 1, .tolerance = 1e-3, .worst = {"W", {2, 0}, 1.5, 1.25, 2e-4}}),
      "gradients agree: 4 elements, 1 of them unclear, worst error 0.0002 (tolerance 0.001)\n"
      "  \"W\" at [2, 0]: 1.5 by gradients, 1.25 by differences");
}

template <class Error>
std::string refusal(Session& session, const Tensor& y, const std::vector<Tensor>& xs,
                    const std::vector<Feed>& feeds = {}, const GradientCheckOptions& options = {}) {
  return message_of<Error>([&] { check_gradients(session, y, xs, feeds, options, user_line); });
}

TEST_F(CheckGradients, wrong_arguments_are_refused) {
  const Tensor x = g.placeholder("x", {}, float64), n = g.placeholder("n", {}, int32);
  const Variable w = g.variable("w", array(1, float64));
  const Tensor y = exp(x);
  EXPECT_EQ(refusal<GraphError>(session, Tensor(), {x}),
            "check_gradients: y is an empty Tensor" + at_user_line);
  EXPECT_EQ(refusal<GraphError>(session, y, {Tensor()}),
            "check_gradients: x is an empty Tensor" + at_user_line);
  EXPECT_EQ(refusal<GraphError>(session, square(y), {y}),
            "check_gradients: x \"exp\" is a exp: only variables and placeholders can be moved" +
                at_user_line);
  EXPECT_EQ(refusal<GraphError>(session, assign(w, w * 2) + x, {x}),
            "check_gradients: y \"add\" assigns the variable \"w\"" + at_user_line);
  EXPECT_EQ(refusal<FeedError>(session, w * 2, {x}),
            "check_gradients: no value is fed for placeholder \"x\"" + at_user_line);
  EXPECT_EQ(refusal<FeedError>(session, y, {x}),
            "run: no value is fed for placeholder \"x\" float64 []" + at_user_line);
  EXPECT_EQ(refusal<DTypeError>(session, n, {n}, {{n, 1}}),
            "gradients: y \"n\" is int32, not float32 or float64" + at_user_line);
  EXPECT_EQ(refusal<GraphError>(session, y, {x}, {{x, 1.0}}, {.step = -1}),
            "check_gradients: the step is -1" + at_user_line);
  EXPECT_EQ(refusal<GraphError>(session, y, {x}, {{x, 1.0}}, {.tolerance = NAN}),
            "check_gradients: the tolerance is nan" + at_user_line);
  EXPECT_EQ(refusal<GraphError>(session, y, {x}, {{x, 1.0}}, {.max_elements = 0}),
            "check_gradients: max_elements is 0, at least 1 is needed" + at_user_line);
}

}  // namespace
}  // namespace gradus
