// Which nodes become one loop, as text.
#include <algorithm>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include <gradus/gradients.h>
#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/pass_trace.h>
#include <gradus/session.h>
#include <gradus/text.h>

#include "graph/graph_state.h"
#include "pass_texts.h"
#include "runtime/support.h"

namespace gradus {
namespace {

TEST(Passes, fuse_makes_a_bias_an_activation_and_a_loss_one_loop) {
  Graph g;
  const Tensor x = g.placeholder("x", {4, 3});
  const Variable b = g.variable("b", Array::zeros({3}));
  const Tensor y = elu(x + b);
  const std::vector<Tensor> d = gradients(reduce_sum(square(y - 1)), {b});
  const std::vector<PassTrace> traces = trace_passes({d[0]}, {{x, Array::zeros({4, 3})}});
  const std::vector<std::int32_t>& steps = traces.back().steps;
  EXPECT_EQ(*std::ranges::max_element(steps), 0);
  EXPECT_EQ(traces.back().name, "fuse_loops");
}

TEST(Passes, fuse_makes_one_loop_whichever_side_is_built_first) {
  for (const bool is_longer_first : {true, false}) {
    Graph g;
    const Tensor x = g.placeholder("x", {4, 3});
    const Tensor first = is_longer_first ? elu(x * x) : exp(x);
    const Tensor second = is_longer_first ? exp(x) : elu(x * x);
    // The loop of the difference moves once more, to that of its last factor.
    const Tensor y = (first - second) * tanh(sin(x));
    const std::vector<std::int32_t> steps =
        trace_passes({y}, {{x, Array::zeros({4, 3})}}).back().steps;
    EXPECT_EQ(*std::ranges::max_element(steps), 0) << is_longer_first;
  }
}
// The first and the last, though neither could be one with the long loop that lies between them.
TEST(Passes, fuse_makes_one_loop_of_the_short_ones) {
  Graph g;
  const Tensor x = g.placeholder("x", {4, 3});
  const auto chain = [&](int count) {
    Tensor y = x;
    for (int i = 0; i < count; ++i) y = i % 2 == 0 ? sin(y) : tanh(y);
    return y;
  };
  const Tensor first = chain(5);
  const Tensor between = chain(47);
  const Tensor last = chain(5);
  const std::vector<std::int32_t> steps =
      trace_passes({between, first - last}, {{x, Array::zeros({4, 3})}},
                   {.common_subexpressions = false})
          .back()
          .steps;
  EXPECT_EQ(*std::ranges::max_element(steps), 1);
}
TEST(Passes, fuse_keeps_a_loop_apart_whose_sum_its_reader_waits_for) {
  Graph g;
  const Tensor x = g.placeholder("x", {4, 3});
  const Tensor squares = square(x);
  const Tensor sum = reduce_sum(squares);
  // Whether what is at hand in that loop is read first or last.
  for (const Tensor& y : {squares * tanh(exp(x)) / sum, tanh(exp(x)) / sum * squares}) {
    const std::vector<std::int32_t> steps =
        trace_passes({y}, {{x, Array::zeros({4, 3})}}).back().steps;
    EXPECT_EQ(*std::ranges::max_element(steps), 1);
  }
}

// Not in the loop that makes the sum, though it has what is divided.
TEST(Passes, fuse_divides_by_a_sum_after_it) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 2});
  const std::vector<Feed> feeds{{x, Array({{1, 2}, {3, 4}})}};
  const Tensor squares = square(x);
  const Tensor y = squares / reduce_sum(squares);
  const std::vector<std::int32_t> steps = trace_passes({y}, feeds).back().steps;
  EXPECT_EQ(*std::ranges::max_element(steps), 1);
  EXPECT_EQ(Session(g).run(y, feeds), Array({{1 / 30., 4 / 30.}, {9 / 30., 16 / 30.}}));
}

// Of what is kept in any case, so that its own result need not be kept between the loops.
TEST(Passes, fuse_computes_late_what_is_read_late) {
  Graph g;
  const Tensor x = g.placeholder("x", {4, 3});
  const Tensor squares = square(x);
  const Tensor sum = reduce_sum(squares);
  const Tensor y = tanh(squares) / sum;
  const auto step_of_tanh = [&](const TensorList& fetches) {
    const PassTrace fused = trace_passes(fetches, {{x, Array::zeros({4, 3})}}).back();
    EXPECT_EQ(*std::ranges::max_element(fused.steps), 1);
    const NodeId tanh = fused.graph.state().operands(fused.results[0].id())[0];
    return fused.steps[index(tanh)];
  };
  EXPECT_EQ(step_of_tanh({y}), 0);
  EXPECT_EQ(step_of_tanh({y, squares}), 1);
}

TEST(Passes, fuse_moves_a_loop_past_a_product_if_it_is_of_one_number) {
  Graph g;
  const Tensor x = g.placeholder("x", {3, 3}), z = g.placeholder("z", {5});
  const auto last_step = [&](const TensorList& fetches) {
    const std::vector<Feed> feeds{{x, Array::zeros({3, 3})}, {z, Array::zeros({5})}};
    return *std::ranges::max_element(trace_passes(fetches, feeds).back().steps);
  };
  const Tensor before = tanh(sin(x));
  const Tensor between = exp(z);
  const Tensor product = matmul(x, x);
  const Tensor after = tanh(product) - before;
  EXPECT_EQ(last_step({after, between}), 3);
  const Tensor number = tanh(sin(reduce_sum(x)));
  const Tensor square = matmul(x, x);
  const Tensor other_number = tanh(sin(reduce_sum(square))) - number;
  // The two sums, the product, and one loop of numbers.
  EXPECT_EQ(last_step({other_number}), 3);
}

// Each product leaves its memory to the one after the next.
TEST(Passes, fuse_keeps_no_results_of_products_for_longer) {
  Graph g;
  const Tensor x = g.placeholder("x", {50, 8});
  Tensor y = tanh(matmul(x, g.variable("W", Array::zeros({8, 20}))));
  for (int i = 0; i < 8; ++i)
    y = y + tanh(matmul(x, g.variable("W" + std::to_string(i), Array::zeros({8, 20}))));
  const PlanReport plan = Session(g, {.threads = 1}).plan(y, {{x, Array::zeros({50, 8})}});
  EXPECT_LE(plan.arena_bytes, 2 * 50 * 20 * sizeof(float) + 64);
}
// Forward and backward, with all activations that stay in tiles.
TEST(Passes, fuse_makes_one_loop_of_many_branches_and_their_gradients) {
  Graph g;
  const Tensor x = g.placeholder("x", {50, 8});
  std::vector<Tensor> weights;
  Tensor y;
  for (int i = 0; i < 6; ++i) {
    weights.push_back(g.variable("W" + std::to_string(i), Array::zeros({8, 8})));
    const Tensor branch = elu(matmul(x, weights.back()));
    y = y ? y + branch : branch;
  }
  const std::vector<Tensor> d = gradients(reduce_mean(square(y - x)), weights);
  const PlanReport plan = Session(g, {.threads = 1}).plan(d, {{x, Array::zeros({50, 8})}});
  EXPECT_EQ(std::ranges::count(plan.steps, "loop", &PlanReport::Step::kernel), 1);
}

}  // namespace
}  // namespace gradus
