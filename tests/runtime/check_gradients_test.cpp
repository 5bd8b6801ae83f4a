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
    const Tensor x = g.placeholder("x", {any_size}, dtype);
    const Operand operand(x);
    return check_gradients(session, add_node(op, {&operand}), {x},
                           {{x, Array({0.5, -1.5, 2}, dtype)}});
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
    const Tensor x = graph.placeholder("x", {any_size, 3}, dtype);
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
  const Tensor x = g.placeholder("x", {any_size, 3}, float64);
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
  const Tensor x = graph.placeholder("x", {any_size});
  const Operand operand(x);
  EXPECT_FALSE(
      check_gradients(s, add_node(wrong_sign, {&operand}), {x}, {{x, Array({0.5, -1.5, 2})}}).ok());
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
  const Tensor x = g.placeholder("x", {any_size}, float64);
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

TEST_F(CheckGradients, a_kink_is_named_and_is_no_wrong_gradient) {
  const Tensor x = g.placeholder("x", {any_size}, float64);
  const std::vector<Feed> feeds{{x, Array({-1, 2, 0, 3, -4}, float64)}};
  const GradientReport report = check_gradients(session, reduce_sum(relu(x)), {x}, feeds);
  EXPECT_TRUE(report.ok()) << to_text(report);
  EXPECT_EQ(report.checked, 5);
  ASSERT_EQ(report.kinks.size(), 1U);
  EXPECT_EQ(report.kinks[0].x, "x");
  EXPECT_EQ(report.kinks[0].index, std::vector<std::int64_t>{2});
  EXPECT_NEAR(std::abs(report.kinks[0].left) + std::abs(report.kinks[0].right),
              std::abs(report.kinks[0].left + report.kinks[0].right), 1e-9);
  EXPECT_EQ(report.worst.error, 0) << to_text(report);
  EXPECT_NE(to_text(report).find("gradients agree: 5 elements, 1 of them at kinks, worst error 0"),
            std::string::npos)
      << to_text(report);
  EXPECT_NE(to_text(report).find("\n  \"x\" at [2] is beside a kink: slope 0 to its left, "),
            std::string::npos)
      << to_text(report);
}

// Whatever the distance from the kink.
TEST_F(CheckGradients, kinks_make_no_right_gradient_wrong_and_no_wrong_one_right) {
  const Tensor x = g.placeholder("x", {any_size}, float64);
  std::vector<double> places;
  for (int i = -200; i <= 200; ++i) places.push_back(i * 0x1p-18 / 32);
  for (int i = 0; i < 600; ++i) places.push_back(1 + i / 1000.);  // what can be measured
  const Array at(Shape{std::ssize(places)}, places);
  const std::vector<Feed> feeds{{x, at}};
  const GradientCheckOptions all{.max_elements = 2000};
  const GradientReport right = check_gradients(session, exp(x) + 3 * abs(x), {x}, feeds, all);
  EXPECT_TRUE(right.ok()) << to_text(right);
  EXPECT_GT(right.kinks.size(), 20U);
  // Its slope is 4 or -2, its gradient 6 or 0.
  const Tensor wrong = x + 3 * abs(x) + (2 * x - stop_gradient(2 * x));
  EXPECT_FALSE(check_gradients(session, wrong, {x}, feeds, all).ok());
  const GradientReport beside = check_gradients(session, -1 * relu(x) + 2 * stop_gradient(relu(x)),
                                                {x}, {{x, Array({0x1p-20}, float64)}});
  EXPECT_GT(beside.worst.error, 1) << to_text(beside);
  EXPECT_TRUE(beside.kinks.empty());
}

TEST_F(CheckGradients, a_bend_is_no_kink) {
  const Tensor x = g.placeholder("x", {any_size}, float64);
  const Array at = random_array({100}, "x", 0.01, 2);
  for (const Tensor& y : {exp(3 * x), log(x), square(square(x)), sin(20 * x)}) {
    const GradientReport report = check_gradients(session, y, {x}, {{x, at}});
    EXPECT_TRUE(report.ok() && report.kinks.empty()) << y.op_name() << to_text(report);
    for (const Slope& slope : measure_slopes(session, reduce_sum(y), x, {{x, at}}))
      EXPECT_FALSE(slope.is_kink) << y.op_name();
  }
}

// The steps that float32 needs are so long that in a net of this size there is always a kink.
TEST(CheckGradientsOfFloat32, nets_with_relu_are_right) {
  for (int seed = 0; seed < 5; ++seed) {
    const std::string number = std::to_string(seed);
    Graph g;
    const Tensor x = g.placeholder("x", {any_size, 20}),
                 labels = g.placeholder("labels", {any_size, 5});
    const Variable W = g.variable("W", random_array({20, 40}, "W" + number, -0.3, 0.3, float32)),
                   b = g.variable("b", random_array({40}, "b" + number, -0.1, 0.1, float32)),
                   V = g.variable("V", random_array({40, 5}, "V" + number, -0.3, 0.3, float32));
    const NameScope scope = g.scope("net");
    const Variable c = g.variable("c", Array::zeros({5}));
    const Tensor logits = matmul(dropout(relu(matmul(x, W) + b), 0.25), V) + c;
    const Tensor loss = reduce_mean(softmax_cross_entropy_with_logits(labels, logits));
    Session session(g, {.seed = 3, .threads = 1});
    const Array batch = random_array({50, 20}, "x" + number, -1, 1, float32);
    std::vector<float> ones(250);
    for (std::size_t row = 0; row < 50; ++row) ones[row * 5 + row % 5] = 1;
    const GradientReport report = check_gradients(session, loss, {W, b, V, c, x},
                                                  {{x, batch}, {labels, Array({50, 5}, ones)}});
    EXPECT_TRUE(report.ok()) << to_text(report);
    EXPECT_EQ(report.tolerance, 1e-6);
    EXPECT_EQ(report.checked, 100 + 40 + 100 + 5 + 100);
    EXPECT_LE(report.unclear, 3) << to_text(report);
    EXPECT_LE(report.kinks.size(), 3U) << to_text(report);
  }
}

// An op that knows float32 alone.
constexpr Op float32_square{.name = "float32_square",
                            .doc = "x^2.",
                            .operands = {"x"},
                            .dtype = [](const Call& f, DType x) -> DType {
                              if (x != float32) f.fail_dtype("float32 is needed");
                              return x;
                            },
                            .kernel = squared,
                            .gradient = {[](Tensor dy, Tensor x) { return dy * 2 * x; }},
                            .gradient_text = {""}};

TEST(CheckGradientsOfFloat32, is_done_in_float32_where_an_op_refuses_float64) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size});
  const Operand operand(x);
  Session session(g, {.threads = 1});
  const GradientReport report = check_gradients(session, add_node(float32_square, {&operand}), {x},
                                                {{x, Array({0.5, -1.5, 2})}});
  EXPECT_TRUE(report.ok()) << to_text(report);
  EXPECT_EQ(report.tolerance, 1e-3);
}

// Both are exactly 0, so nothing can be divided by the larger.
TEST_F(CheckGradients, a_gradient_of_0_agrees_with_a_slope_of_0) {
  const Tensor x = g.placeholder("x", {any_size}, float64),
               other = g.placeholder("other", {}, float64);
  const std::vector<Feed> feeds{{x, Array({1, 2}, float64)}, {other, 1.0}};
  for (const Tensor& y : {exp(other), exp(other) + relu(-x)}) {
    const GradientReport report = check_gradients(session, y, {x}, feeds);
    EXPECT_TRUE(report.ok()) << to_text(report);
    EXPECT_EQ(report.worst.error, 0);
    EXPECT_EQ(report.unclear, 0);
  }
  GradientReport one{.tolerance = 1e-6, .worst = {}};
  add(one, "x", 0, {.index = {0}});
  EXPECT_TRUE(one.ok());
  add(one, "x", 0.5, {.index = {1}, .value = 0.5});
  EXPECT_EQ(one.worst.error, 0);
  add(one, "x", 1e-300, {.index = {2}});
  EXPECT_EQ(one.worst.error, 1);
}

TEST_F(CheckGradients, the_worst_element_is_reported_with_its_index) {
  const Tensor x = g.placeholder("x", {2, 2}, float64);
  const Tensor y = where(x > 3, x * stop_gradient(x), square(x));
  const GradientReport report =
      check_gradients(session, y, {x}, {{x, Array({{1, 2}, {4, 3}}, float64)}});
  EXPECT_EQ(report.worst.x, "x");
  EXPECT_EQ(report.worst.index, (std::vector<std::int64_t>{1, 0}));
  EXPECT_NEAR(std::abs(report.worst.symbolic / report.worst.numeric), 0.5, 1e-6);
}

TEST_F(CheckGradients, a_fixed_sample_of_a_large_x_is_checked) {
  const Tensor x = g.placeholder("x", {any_size}, float64);
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
  const Variable w = g.variable("w", Array(1, float64));
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
  const Variable w = g.variable("w", Array(1, float64));
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
