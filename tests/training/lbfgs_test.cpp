#include <gradus/lbfgs.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "core/refusal.h"

namespace gradus {
namespace {

// The sum of 100 (x_(i+1) - x_i^2)^2 + (1 - x_i)^2 (Rosenbrock, 1960), least at (1, ..., 1), from
// (-1.2, 1, -1.2, 1, ...).
struct Rosenbrock {
  explicit Rosenbrock(std::int64_t size) {
    std::vector<double> start;
    for (std::int64_t i = 0; i < size; ++i) start.push_back(i % 2 == 0 ? -1.2 : 1);
    x = g.variable("x", Array({size}, start));
    const Tensor first = slice(x, {{0, size - 1}}), next = slice(x, {{1, size}});
    const Tensor bend = 100 * square(next - square(first));
    loss = reduce_sum(bend + square(1 - first));
  }
  LbfgsResult minimize(const LbfgsOptions& options) {
    Session session(g);
    const Lbfgs lbfgs(loss, {x}, options);
    LbfgsResult result = lbfgs.minimize(session);
    found = session.value(x).to_vector<double>();
    return result;
  }

  Graph g;
  Variable x;
  Tensor loss;
  std::vector<double> found;
};

TEST(Lbfgs, finds_the_end_of_rosenbrocks_valley) {
  for (const std::int64_t size : {2, 10}) {
    Rosenbrock valley(size);
    const LbfgsResult result = valley.minimize(
        {.max_iterations = 200, .gradient_tolerance = 1e-10, .change_tolerance = 0});
    EXPECT_EQ(result.end, LbfgsEnd::gradient_tolerance);
    EXPECT_LT(result.loss(), 1e-20);
    for (const double x : valley.found) EXPECT_NEAR(x, 1, 1e-10);
  }
}

void expect_same_losses(const std::vector<double>& ours, const std::vector<double>& theirs) {
  ASSERT_EQ(ours.size(), theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i)
    EXPECT_NEAR(ours[i], theirs[i], 1e-7 * theirs[i]) << i;
}

// The losses before and after each of 20 iterations of torch.optim.LBFGS(history_size=10,
// line_search_fn='strong_wolfe') (PyTorch 1.13, float64), and its number of evaluations.
TEST(Lbfgs, goes_the_way_of_pytorchs) {
  LbfgsResult result = Rosenbrock(2).minimize({.max_iterations = 20});
  expect_same_losses(result.losses, {24.2,
                                     4.146927102567213,
                                     4.125586713674038,
                                     4.121126775765638,
                                     4.111816451757751,
                                     4.084955376327375,
                                     4.02228214897995,
                                     3.9091442795206377,
                                     3.758911717937623,
                                     3.423165462292753,
                                     2.859759140731463,
                                     2.456257721580502,
                                     1.820363869536455,
                                     1.6576993608388542,
                                     1.496744526679545,
                                     1.135097446516729,
                                     0.920017579685709,
                                     0.6550058611893452,
                                     0.4647668750070876,
                                     0.4240721568565254,
                                     0.24206287520480987});
  EXPECT_EQ(result.evaluations, 26);
  EXPECT_EQ(result.end, LbfgsEnd::max_iterations);
  EXPECT_EQ(result.iterations(), 20);

  result = Rosenbrock(10).minimize({.max_iterations = 20});
  expect_same_losses(result.losses, {2057,
                                     1448.5672917101977,
                                     434.5404801094464,
                                     194.87269373775214,
                                     71.78677033980014,
                                     21.54755464739506,
                                     13.832283223068856,
                                     9.84613137163085,
                                     9.593499446496589,
                                     9.570078689574387,
                                     9.567557512119947,
                                     9.565736528537492,
                                     9.56308283993348,
                                     9.551041119847314,
                                     9.520981287855198,
                                     9.502470419477252,
                                     9.408340675852827,
                                     9.16321582886468,
                                     9.051389303013138,
                                     8.923060705362968,
                                     8.71109895888908});
  EXPECT_EQ(result.evaluations, 24);

  result = Rosenbrock(10).minimize({.max_iterations = 20, .history_size = 2});
  EXPECT_NEAR(result.loss(), 8.779926203520512, 1e-6);
  EXPECT_EQ(result.evaluations, 23);
}

// With exact line searches it takes the steps of conjugate gradients (Nocedal and Wright, chapter
// 7.2).
TEST(Lbfgs, ends_on_a_quadratic_of_n_dimensions_after_n_iterations) {
  Graph g;
  const Variable x = g.variable("x", Array({1, 1, 1, 1, 1, 1}, float64));
  const Tensor scale = g.constant({1, 3, 10, 30, 100, 300}, float64);
  const Tensor loss = reduce_sum(scale * square(x - 2)) / 2;
  Session session(g);
  const LbfgsResult result =
      Lbfgs(loss, {x}, {.gradient_tolerance = 1e-7, .change_tolerance = 0, .curvature = 2e-4})
          .minimize(session);
  EXPECT_EQ(result.end, LbfgsEnd::gradient_tolerance);
  EXPECT_LE(result.iterations(), 7);
  for (const double v : session.value(x).to_vector<double>()) EXPECT_NEAR(v, 2, 1e-7);
}

// 40 rows of sines, in two classes; the weights shrink a little.
struct LogisticRegression {
  explicit LogisticRegression(DType dtype) {
    std::vector<double> rows, targets;
    for (int k = 0; k < 40; ++k) {
      for (int j = 0; j < 3; ++j) rows.push_back(std::sin(0.7 * k + 1.3 * j));
      targets.push_back(std::sin(0.7 * k) + 0.5 * std::cos(2.1 * k) > 0.2 ? 1 : 0);
    }
    data = Array({40, 3}, rows).cast(dtype);
    x = g.placeholder("x", {any_size, 3}, dtype);
    w = g.variable("w", zeros({3, 1}, dtype));
    b = g.variable("b", zeros({}, dtype));
    const Tensor y = g.constant(Array({40, 1}, targets).cast(dtype));
    const Tensor logits = matmul(x, w) + b;
    const Tensor shrink = 0.01 * reduce_sum(square(w));
    // -y log p - (1 - y) log (1 - p) of p = sigmoid(logits)
    loss = reduce_mean(softplus(logits) - y * logits) + shrink;
  }

  Graph g;
  Tensor x, loss;
  Variable w, b;
  Array data;
};

// The optimum is Newton's, in PyTorch.
TEST(Lbfgs, reaches_the_optimum_of_a_logistic_regression) {
  LogisticRegression r(float64);
  Session session(r.g);
  const LbfgsResult result = Lbfgs(r.loss, {r.w, r.b}).minimize(session, {{r.x, r.data}});
  EXPECT_LE(result.iterations(), 12);
  EXPECT_NEAR(result.loss(), 0.22970272099579225, 1e-8);

  const Lbfgs exact(r.loss, {r.w, r.b}, {.gradient_tolerance = 1e-9, .change_tolerance = 0});
  EXPECT_NEAR(exact.minimize(session, {{r.x, r.data}}).loss(), 0.22970272099579225, 1e-14);
  const std::vector<double> w = session.value(r.w).to_vector<double>();
  EXPECT_NEAR(w[0], 2.01739206989076, 1e-7);
  EXPECT_NEAR(w[1], 2.1333060654999745, 1e-7);
  EXPECT_NEAR(w[2], -0.8760783226528197, 1e-7);
  EXPECT_NEAR(session.value(r.b).item<double>(), -0.4310431619860754, 1e-7);
}

TEST(Lbfgs, ends_where_the_loss_changes_little) {
  LogisticRegression r(float64);
  Session session(r.g);
  const LbfgsResult result =
      Lbfgs(r.loss, {r.w, r.b}, {.gradient_tolerance = 0, .change_tolerance = 1e-3})
          .minimize(session, {{r.x, r.data}});
  EXPECT_EQ(result.end, LbfgsEnd::change_tolerance);
  const auto change = [&](std::int64_t i) {
    return result.losses[static_cast<std::size_t>(i - 1)] -
           result.losses[static_cast<std::size_t>(i)];
  };
  EXPECT_LE(change(result.iterations()), 1e-3);
  EXPECT_GT(change(result.iterations() - 1), 1e-3);
}

TEST(Lbfgs, ends_in_float32_where_no_lower_loss_can_be_told) {
  LogisticRegression r(float32);
  Session session(r.g);
  const LbfgsResult result =
      Lbfgs(r.loss, {r.w, r.b}, {.gradient_tolerance = 0}).minimize(session, {{r.x, r.data}});
  EXPECT_EQ(result.end, LbfgsEnd::change_tolerance);
  EXPECT_NEAR(result.loss(), 0.22970272099579225, 1e-7);
  EXPECT_LE(result.evaluations, 20);  // the last search ends where x no longer moves
  EXPECT_EQ(session.run(r.loss, {{r.x, r.data}}).item(), static_cast<float>(result.loss()));
}

TEST(Lbfgs, has_the_same_bits_with_any_number_of_threads) {
  LogisticRegression r(float32);
  const Lbfgs lbfgs(r.loss, {r.w, r.b});
  Session one(r.g, {.threads = 1}), three(r.g, {.threads = 3});
  EXPECT_EQ(lbfgs.minimize(one, {{r.x, r.data}}).losses,
            lbfgs.minimize(three, {{r.x, r.data}}).losses);
  EXPECT_EQ(one.value(r.w), three.value(r.w));
}

TEST(Lbfgs, goes_on_without_new_nodes) {
  Rosenbrock valley(2);
  const Lbfgs lbfgs(valley.loss, {valley.x}, {.max_iterations = 7});
  Session session(valley.g);
  const std::int64_t nodes = valley.g.node_count();
  const LbfgsResult first = lbfgs.minimize(session), second = lbfgs.minimize(session);
  EXPECT_EQ(valley.g.node_count(), nodes);
  EXPECT_EQ(second.losses[0], first.loss());
  EXPECT_LT(second.loss(), first.loss());
}

TEST(Lbfgs, leaves_the_variables_where_the_loss_is_that_of_the_result) {
  for (std::int64_t iterations = 0; iterations < 30; ++iterations) {
    Rosenbrock valley(2);
    Session session(valley.g);
    const LbfgsResult result =
        Lbfgs(valley.loss, {valley.x}, {.max_iterations = iterations}).minimize(session);
    EXPECT_EQ(result.iterations(), iterations);
    EXPECT_EQ(session.run(valley.loss).item<double>(), result.loss());
    EXPECT_TRUE(std::ranges::is_sorted(result.losses, std::greater_equal()));
  }
}

// 20 (x - log x) from 3: the second step would be to -1.
TEST(Lbfgs, shortens_a_step_to_where_the_loss_is_nan) {
  Graph g;
  const Variable x = g.variable("x", Array(3, float64));
  const Tensor loss = 20 * x - 20 * log(x);
  Session session(g);
  const LbfgsResult result = Lbfgs(loss, {x}).minimize(session);
  EXPECT_EQ(result.end, LbfgsEnd::gradient_tolerance);
  EXPECT_GT(result.evaluations, result.iterations() + 1);
  EXPECT_NEAR(session.value(x).item<double>(), 1, 1e-6);
}

// The least is at 2e-13, 8e-13 to the left; the first step would be 0.4, and half of it, and half
// of that, in 25 evaluations is still too much.
TEST(Lbfgs, shortens_a_step_as_much_as_it_takes) {
  Graph g;
  const Variable x = g.variable("x", Array(1e-12, float64));
  const Tensor loss = 0.5 * x - 1e-13 * log(x);
  Session session(g);
  const LbfgsResult result = Lbfgs(loss, {x}, {.change_tolerance = 0}).minimize(session);
  EXPECT_EQ(result.end, LbfgsEnd::gradient_tolerance);
  EXPECT_NEAR(session.value(x).item<double>(), 2e-13, 1e-16);
}

// A slope of -1 before a step of a million: between the two, cubics have their least points next to
// the start.
TEST(Lbfgs, does_not_creep_where_interpolation_leads_to_an_edge) {
  Graph g;
  const Variable x = g.variable("x", Array(0, float64));
  const Tensor wall = 1e6 * sigmoid(50 * (x - 0.5));
  Session session(g);
  const LbfgsResult result = Lbfgs(wall - x, {x}, {.max_iterations = 1}).minimize(session);
  EXPECT_LT(result.loss(), -0.09);
}

// The loss falls up to 4, and is NaN after it.
TEST(Lbfgs, ends_beside_an_edge_that_the_loss_falls_towards) {
  Graph g;
  const Variable x = g.variable("x", Array(1, float64));
  Session session(g);
  const LbfgsResult result = Lbfgs(sqrt(4 - x) - 0.1 * x, {x}).minimize(session);
  const double found = session.value(x).item<double>();
  EXPECT_GT(found, 3.99);
  EXPECT_LE(found, 4);
  EXPECT_EQ(result.loss(), std::sqrt(4 - found) - 0.1 * found);
}

TEST(Lbfgs, ends_where_the_line_search_finds_nothing_lower) {
  Graph g;
  const Variable x = g.variable("x", Array(0, float64));
  // Its gradient leads upwards.
  const Tensor loss = stop_gradient(2 * x) - x;
  Session session(g);
  const LbfgsResult result = Lbfgs(loss, {x}).minimize(session);
  EXPECT_EQ(result.end, LbfgsEnd::line_search);
  EXPECT_EQ(result.iterations(), 0);
  EXPECT_EQ(session.value(x).item<double>(), 0);
}

// A part of the loss has no gradient. The first step leads to (0, 0); from there, along the next
// direction, (-0.26, -0.23), it grows by more than the rest falls; along the gradient, (-0.8,
// -0.8), all falls.
TEST(Lbfgs, forgets_the_curvature_where_it_leads_nowhere) {
  Graph g;
  const Variable x = g.variable("x", Array(0.2, float64));
  const Variable y = g.variable("y", Array(0.8, float64));
  const Tensor slope = 1050 * y;
  const Tensor hidden = stop_gradient(slope - 1000 * x);
  const Tensor bowl = 0.5 * square(x + 0.8);
  const Tensor loss = bowl + 2 * square(y + 0.2) + hidden;
  Session session(g);
  const LbfgsResult result = Lbfgs(loss, {x, y}, {.max_iterations = 2}).minimize(session);
  EXPECT_EQ(result.iterations(), 2);
  EXPECT_NEAR(session.value(x).item<double>(), -0.5, 1e-12);
  EXPECT_NEAR(session.value(y).item<double>(), -0.5, 1e-12);
}

TEST(Lbfgs, ends_on_a_loss_without_lower_bound) {
  Graph g;
  const Variable x = g.variable("x", Array(1, float64));
  Session session(g);
  const LbfgsResult result = Lbfgs(-x, {x}, {.max_iterations = 5}).minimize(session);
  EXPECT_LT(result.loss(), -1e5);
  EXPECT_EQ(session.value(x).item<double>(), -result.loss());
}

TEST(Lbfgs, ends_at_once_where_the_gradient_is_0) {
  Graph g;
  const Variable x = g.variable("x", Array(0, float64));
  Session session(g);
  const LbfgsResult result = Lbfgs(square(x), {x}, {.gradient_tolerance = 0}).minimize(session);
  EXPECT_EQ(result.end, LbfgsEnd::gradient_tolerance);
  EXPECT_EQ(result.evaluations, 1);
}

TEST(Lbfgs, leaves_the_best_where_a_run_is_refused) {
  Graph g;
  const Variable x = g.variable("x", Array(5, float64));
  const Tensor index = cast(2 * (5 - x), int32);
  // Two numbers, of which the third is asked for when x is 4.
  const Tensor looked_up = gather(g.constant({0, 0}, float64), index);
  const Tensor loss = square(x) + looked_up;
  Session session(g);
  EXPECT_THROW(Lbfgs(loss, {x}).minimize(session), Error);
  EXPECT_EQ(session.value(x).item<double>(), 5);
}

TEST(Lbfgs, draws_the_same_random_numbers_in_all_evaluations) {
  Graph g;
  const Variable x = g.variable("x", zeros({4}));
  const Tensor noise = random_normal(g, {4});
  const Tensor loss = reduce_sum(square(x - noise));
  Session session(g);
  const Lbfgs lbfgs(loss, {x});
  EXPECT_LT(lbfgs.minimize(session).loss(), 1e-9);
  EXPECT_EQ(session.random_state().run_count, 1u);
}

TEST(Lbfgs, moves_variables_of_both_floats_and_no_other) {
  Graph g;
  const Variable a = g.variable("a", Array(1)), b = g.variable("b", Array(1, float64));
  const Variable other = g.variable("other", Array(1));
  const Tensor of_float32 = square(a - 3) + square(other - 3);
  const Tensor loss = cast(of_float32, float64) + square(b + 3);
  Session session(g);
  Lbfgs(loss, {b, a}).minimize(session);
  EXPECT_NEAR(session.value(a).item(), 3, 1e-5);
  EXPECT_NEAR(session.value(b).item<double>(), -3, 1e-5);
  EXPECT_EQ(session.value(other).item(), 1);
}

TEST(Lbfgs, defaults_are_those_of_scipy) {
  EXPECT_EQ(LbfgsOptions{}.history_size, 10);
  EXPECT_EQ(LbfgsOptions{}.gradient_tolerance, 1e-5);
  EXPECT_EQ(LbfgsOptions{}.change_tolerance, 2.2e-9);
  EXPECT_EQ(LbfgsOptions{}.curvature, 0.9);
}

TEST(Lbfgs, refuses_what_cannot_be_minimized_at_the_users_line) {
  Graph g;
  const Variable x = g.variable("x", Array(1)), y = g.variable("y", Array(1));
  const Variable count = g.variable("count", Array(1, int32));
  const Tensor loss = square(x);
  const Tensor assigns = assign(x, 2 * x) + y;
  const std::int64_t nodes = g.node_count();
  const auto message = [&](const LbfgsOptions& options) {
    return refusal<GraphError>([&] { Lbfgs(loss, {x}, options, SourceLocation()); });
  };
  EXPECT_EQ(message({.max_iterations = -1}), "lbfgs: max_iterations must be 0 or more, got -1");
  EXPECT_EQ(message({.history_size = 0}), "lbfgs: history_size must be 1 or more, got 0");
  EXPECT_EQ(message({.gradient_tolerance = -1}),
            "lbfgs: gradient_tolerance must be finite and 0 or more, got -1");
  EXPECT_EQ(message({.change_tolerance = std::nan("")}),
            "lbfgs: change_tolerance must be finite and 0 or more, got nan");
  EXPECT_EQ(message({.curvature = 1}), "lbfgs: curvature must be between 0.0001 and 1, got 1");
  EXPECT_EQ(message({.curvature = 1e-4}),
            "lbfgs: curvature must be between 0.0001 and 1, got 0.0001");

  const auto refused = [&](const Tensor& minimized, const std::vector<Variable>& variables) {
    return refusal<Error>([&] { Lbfgs(minimized, variables, {}, SourceLocation()); });
  };
  EXPECT_EQ(refused({}, {x}), "lbfgs: the loss is an empty Tensor");
  EXPECT_EQ(refused(loss, {}), "minimize: the list of variables is empty");
  EXPECT_EQ(refused(loss, {Variable()}), "lbfgs: a variable is empty");
  EXPECT_EQ(refused(loss, {x, x}), "lbfgs: variable \"x\" is there twice");
  EXPECT_EQ(refused(assigns, {x}),
            "lbfgs: the loss \"" + assigns.name() + "\" assigns variable \"x\"");
  EXPECT_EQ(refused(loss, {y}).find("gradients: "), 0u);
  EXPECT_EQ(refused(loss, {count}), "gradients: x \"count\" is int32, not float32 or float64");
  EXPECT_EQ(refusal<GraphError>([&] { Lbfgs(loss, {x}, {.history_size = -1}); }),
            "lbfgs: history_size must be 1 or more, got -1\n  at  here");
  EXPECT_EQ(g.node_count(), nodes);
}

TEST(Lbfgs, refuses_a_start_where_the_loss_is_no_number) {
  Graph g;
  const Variable x = g.variable("x", Array(-1, float64));
  const Tensor loss = named(sqrt(x), "loss");
  const Lbfgs lbfgs(loss, {x});
  Session session(g);
  EXPECT_EQ(refusal<DataError>([&] { lbfgs.minimize(session); }),
            "lbfgs: the loss \"loss\", or its gradient, is not finite at first\n  at  here");
  EXPECT_EQ(session.value(x).item<double>(), -1);
  session.set(x, Array(0, float64));  // where the slope is infinite
  EXPECT_THROW(lbfgs.minimize(session), DataError);
  Graph other;
  Session of_other(other);
  EXPECT_THROW(lbfgs.minimize(of_other), Error);
}

}  // namespace
}  // namespace gradus
