// trace_gradients() records the backward pass: compared as text.
#include <gradus/gradients.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/text.h>

namespace gradus {
namespace {

std::vector<std::string> lines_of(const GradientTrace& trace) {
  std::vector<std::string> lines;
  for (const Contribution& c : trace.contributions)
    lines.push_back(fmt::format(
        "{} of {} to {}: {}, in all {}, from {}", c.number, c.count, c.to.name(), c.part.name(),
        c.sum.name(), c.from ? fmt::format("{}[{}]", c.from.name(), c.operand) : "above"));
  return lines;
}

TEST(GradientTrace, tells_every_contribution_and_the_sum_so_far) {
  Graph g;
  const Tensor x = g.placeholder("x", {3}), dy = g.placeholder("dy", {3});
  const Tensor h = exp(x);
  EXPECT_THAT(
      lines_of(trace_gradients({h * x + h}, {x}, {.grad_ys = {dy}})),
      testing::ElementsAre(
          "1 of 1 to add: dy, in all dy, from above",
          "1 of 1 to multiply: dy, in all dy, from add[0]",
          "1 of 2 to exp: dy, in all dy, from add[1]",
          "2 of 2 to exp: gradients/multiply_no_nan, in all gradients/add, from multiply[0]",
          "1 of 2 to x: gradients/multiply_no_nan_1, in all gradients/multiply_no_nan_1, from "
          "multiply[1]",
          "2 of 2 to x: gradients/multiply_no_nan_2, in all gradients/add_1, from exp[0]"));
}

TEST(GradientTrace, both_operands_of_x_times_x_contribute) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  EXPECT_THAT(lines_of(trace_gradients({x * x}, {x})),
              testing::ElementsAre(
                  "1 of 1 to multiply: constant, in all constant, from above",
                  "1 of 2 to x: gradients/multiply, in all gradients/multiply, from multiply[0]",
                  "2 of 2 to x: gradients/multiply_1, in all gradients/add, from multiply[1]"));
}

TEST(GradientTrace, upstream_gradients_of_one_value_are_counted_too) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  const Tensor y = exp(x);
  const Tensor a = g.placeholder("a", {}), b = g.placeholder("b", {});
  EXPECT_THAT(lines_of(trace_gradients({y, y}, {y}, {.grad_ys = {a, b}})),
              testing::ElementsAre("1 of 2 to exp: a, in all a, from above",
                                   "2 of 2 to exp: b, in all gradients/add, from above"));
}

TEST(GradientTrace, tells_nothing_of_what_no_x_needs) {
  Graph g;
  const Tensor x = g.placeholder("x", {}), z = g.placeholder("z", {});
  EXPECT_THAT(lines_of(trace_gradients({x * exp(z)}, {x})),
              testing::ElementsAre(
                  "1 of 1 to multiply: constant, in all constant, from above",
                  "1 of 1 to x: gradients/multiply, in all gradients/multiply, from multiply[0]"));
}

TEST(GradientTrace, appends_the_nodes_that_gradients_appends_and_returns_what_it_returns) {
  const auto build = [](auto differentiate) {
    Graph g;
    const Tensor x = g.placeholder("x", {2, 3}), other = g.placeholder("other", {});
    const Tensor y = reduce_sum(tanh(x) * x);
    std::string text;
    for (const Tensor& d : differentiate(y, std::vector<Tensor>{x, other})) text += d.name() + " ";
    return text + to_text(g);
  };
  const GradientOptions options{.unconnected = Unconnected::zero};
  const std::string traced = build([&](const Tensor& y, const std::vector<Tensor>& xs) {
    return trace_gradients({y}, xs, options).gradients;
  });
  EXPECT_EQ(traced, build([&](const Tensor& y, const std::vector<Tensor>& xs) {
              return gradients(y, xs, options);
            }));
}

}  // namespace
}  // namespace gradus
