// What each pass does to a graph, as text.
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

TEST(Passes, prune_keeps_what_is_fetched_in_the_shapes_of_the_run) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  exp(x);
  EXPECT_EQ(after("prune", tanh(x), {{x, Array::zeros({2, 3})}}),
            "x = placeholder  float32 [2, 3]\n"
            "tanh = tanh(x)  float32 [2, 3]\n");
}

TEST(Passes, prune_keeps_what_lies_between_unneeded_nodes) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Tensor a = exp(x);
  sqrt(a);
  const Tensor b = a * x, c = b - a;
  sqrt(c);
  EXPECT_EQ(after("prune", c / b, {{x, Array::zeros({2})}}),
            "x = placeholder  float32 [2]\n"
            "exp = exp(x)  float32 [2]\n"
            "multiply = multiply(exp, x)  float32 [2]\n"
            "subtract = subtract(multiply, exp)  float32 [2]\n"
            "divide = divide(subtract, multiply)  float32 [2]\n");
}

TEST(Passes, prune_leaves_a_shape_of_what_is_not_computed) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size});
  EXPECT_EQ(after("prune", ones_like(exp(x)), {{x, Array::zeros({2})}}),
            "exp = shape()  float32 [2]\n"
            "full_like = full_like(exp, alpha=1)  float32 [2]\n");
}

TEST(Passes, fold_constants_computes_what_depends_on_constants_alone) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Tensor c = g.constant({1, 2}) + g.constant({3, 4});
  EXPECT_EQ(after("fold_constants", c * x, {{x, Array::zeros({2})}}),
            "x = placeholder  float32 [2]\n"
            "add = constant(value=[4, 6])  float32 [2]\n"
            "multiply = multiply(add, x)  float32 [2]\n");
}

TEST(Passes, fold_constants_keeps_what_is_larger_than_its_operands) {
  Graph g;
  const Tensor c = g.constant({1, 0, 1}, boolean);
  EXPECT_EQ(after("fold_constants", reverse(c)),
            "reverse = constant(value=[true, false, true])  bool [3]\n");
  EXPECT_EQ(after("fold_constants", pad(c, {{0, 1}})), "");
}

TEST(Passes, common_subexpressions_are_computed_once) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  EXPECT_EQ(after("common_subexpressions", exp(x) + exp(x), {{x, Array::zeros({2})}}),
            "x = placeholder  float32 [2]\n"
            "exp = exp(x)  float32 [2]\n"
            "add = add(exp, exp)  float32 [2]\n");
}

TEST(Passes, simplify_adds_the_gradients_of_slices_where_the_slices_are) {
  Graph g;
  const Tensor x = g.placeholder("x", {3});
  const std::vector<Tensor> parts = unstack(x);
  const Tensor dx = gradient(exp(parts[0]) * exp(parts[1]) + exp(parts[2]), x);
  const std::string text = after("simplify", dx, {{x, Array::zeros({3})}});
  const auto count = [&](const std::string& word) {
    std::size_t found = 0;
    for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count("= slice_grad("), 1U) << text;
  EXPECT_EQ(count("= add_into_slice("), 2U) << text;
  EXPECT_EQ(count("= add("), 0U) << text;
}

TEST(Passes, common_subexpressions_tell_readers_of_one_operand_apart) {
  Graph g;
  const Tensor x = g.placeholder("x", {2}), y = g.placeholder("y", {2});
  const auto make = [&] {
    const Tensor a = x - y, b = y - x, c = x * y;
    return maximum(maximum(a, b), c);
  };
  const Tensor one = make(), other = make();
  EXPECT_EQ(
      after("common_subexpressions", one * other, {{x, Array::zeros({2})}, {y, Array::zeros({2})}}),
      "x = placeholder  float32 [2]\n"
      "y = placeholder  float32 [2]\n"
      "subtract = subtract(x, y)  float32 [2]\n"
      "subtract_1 = subtract(y, x)  float32 [2]\n"
      "multiply = multiply(x, y)  float32 [2]\n"
      "maximum = maximum(subtract, subtract_1)  float32 [2]\n"
      "maximum_1 = maximum(maximum, multiply)  float32 [2]\n"
      "multiply_2 = multiply(maximum_1, maximum_1)  float32 [2]\n");
}

TEST(Passes, common_subexpressions_leave_random_numbers_apart) {
  Graph g;
  EXPECT_EQ(after("common_subexpressions", random_uniform(g, {2}) + random_uniform(g, {2})), "");
}

TEST(Passes, simplify_makes_transposes_flags) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 3}), y = g.placeholder("y", {2, 4});
  EXPECT_EQ(after("simplify", matmul(transpose(x), y),
                  {{x, Array::zeros({2, 3})}, {y, Array::zeros({2, 4})}}),
            "x = placeholder  float32 [2, 3]\n"
            "y = placeholder  float32 [2, 4]\n"
            "matmul = matmul(x, y, transpose_a=true, transpose_b=false)  float32 [3, 4]\n");
}

TEST(Passes, simplify_turns_the_gradient_of_a_mean_into_a_number) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 4});
  const Tensor d = gradient(reduce_mean(reduce_sum(square(x), 1)), x);
  EXPECT_EQ(after("simplify", d, {{x, Array::zeros({2, 4})}}), "x = placeholder  float32 [2, 4]\n");
}

TEST(Passes, simplify_leaves_exp_alone_of_the_gradient_of_its_sum) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 4});
  EXPECT_EQ(after("simplify", gradient(reduce_sum(exp(x)), x), {{x, Array::zeros({2, 4})}}),
            "x = placeholder  float32 [2, 4]\n"
            "exp = exp(x)  float32 [2, 4]\n");
}

TEST(Passes, simplify_repeats_what_is_computed_of_a_repeated_value) {
  Graph g;
  const Tensor x = g.placeholder("x", {3});
  EXPECT_EQ(after("simplify", elu(broadcast_to(x, {2, 3}), 0.5), {{x, Array::zeros({3})}}),
            "x = placeholder  float32 [3]\n"
            "elu~2 = elu(x, alpha=0.5)  float32 [3]\n"
            "elu = broadcast_to(elu~2, shape=[2, 3])  float32 [2, 3]\n");
}

TEST(Passes, simplify_and_fold_constants_leave_a_number_of_the_gradient_of_what_is_subtracted) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 4}), y = g.placeholder("y", {2, 4});
  EXPECT_EQ(after("fold_constants", gradient(reduce_sum(x - y), y), {{y, Array::zeros({2, 4})}}),
            "gradients/negative = broadcast_to(-1, shape=[2, 4])  float32 [2, 4]\n");
}

TEST(Passes, accumulate_products_makes_a_step_of_sgd_one_node) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 3});
  const Variable W = g.variable("W", Array::zeros({4, 3}));
  const Tensor h = matmul(x, W, {.transpose_b = true});
  const Tensor loss = reduce_sum(square(matmul(h, W) - x)) + 0.5 * reduce_sum(square(W));
  const Tensor step = assign(W, W - 0.125 * gradient(loss, W));
  const std::string text = after("accumulate_products", step, {{x, Array::zeros({2, 3})}});
  EXPECT_NE(text.find("scale=-0.125, decay=0.875, transposed=[1, 0, 1, 0])  float32 [4, 3]"),
            std::string::npos)
      << text;
}

TEST(Passes, peephole_adds_a_product_in_one_instruction) {
  Graph g;
  const Tensor x = g.placeholder("x", {2}), y = g.placeholder("y", {2});
  const std::vector<Feed> feeds{{x, Array::zeros({2})}, {y, Array::zeros({2})}};
  EXPECT_EQ(after("peephole", x * y + exp(x), feeds),
            "x = placeholder  float32 [2]\n"
            "y = placeholder  float32 [2]\n"
            "exp = exp(x)  float32 [2]\n"
            "add = multiply_add(x, y, exp)  float32 [2]\n");
  EXPECT_EQ(after("peephole", square(x) - y, feeds),
            "x = placeholder  float32 [2]\n"
            "y = placeholder  float32 [2]\n"
            "subtract = multiply_subtract(x, x, y)  float32 [2]\n");
  EXPECT_EQ(after("peephole", y - 0.5 * x, feeds),
            "x = placeholder  float32 [2]\n"
            "y = placeholder  float32 [2]\n"
            "subtract_1 = subtract_product(0.5, x, y)  float32 [2]\n");
  EXPECT_EQ(after("peephole", reduce_sum(square(x)), feeds),
            "x = placeholder  float32 [2]\n"
            "reduce_sum = reduce_sum_square(x, axes=all, keepdims=false)  float32 []\n");
  EXPECT_EQ(rules_of(x * y + exp(x), feeds),
            std::vector<std::string>{"a product is added at once"});
}

TEST(Passes, peephole_moves_a_mean_and_divides_by_a_root_in_one_instruction) {
  Graph g;
  const Tensor x = g.placeholder("x", {2}), y = g.placeholder("y", {2});
  const std::vector<Feed> feeds{{x, Array::zeros({2})}, {y, Array::zeros({2})}};
  const std::string sources = "x = placeholder  float32 [2]\ny = placeholder  float32 [2]\n";
  EXPECT_EQ(after("peephole", y + 0.25 * (x - y), feeds),
            sources + "add = interpolate(0.25, x, y)  float32 [2]\n");
  EXPECT_EQ(after("peephole", (square(x) - y) * 0.25 + y, feeds),
            sources + "add_1 = interpolate_square(0.25, x, y)  float32 [2]\n");
  EXPECT_EQ(after("peephole", x / (0.5 + sqrt(y)), feeds),
            sources + "divide = divide_by_root(x, y, 0.5)  float32 [2]\n");
  EXPECT_EQ(after("peephole", y - x / (sqrt(y) + 0.5), feeds),
            sources + "subtract_2 = subtract_over_root(x, y, 0.5, y)  float32 [2]\n");
  // A mean of something else, a difference that is wanted elsewhere, a quotient without a root.
  const Tensor difference = x - y;
  EXPECT_EQ(after("peephole", (y + 0.25 * difference) / difference, feeds),
            sources +
                "subtract_3 = subtract(x, y)  float32 [2]\n"
                "add_4 = multiply_add(0.25, subtract_3, y)  float32 [2]\n"
                "divide_2 = divide(add_4, subtract_3)  float32 [2]\n");
  EXPECT_EQ(after("peephole", x + 0.25 * (x - y), feeds),
            sources +
                "subtract_4 = subtract(x, y)  float32 [2]\n"
                "add_5 = multiply_add(0.25, subtract_4, x)  float32 [2]\n");
  EXPECT_EQ(after("peephole", y - x / (y + 0.5), feeds), "");
}

TEST(Passes, peephole_leaves_a_product_that_is_wanted_elsewhere_or_in_another_loop) {
  Graph g;
  const Tensor x = g.placeholder("x", {3, 3}), y = g.placeholder("y", {3, 3});
  const std::vector<Feed> feeds{{x, Array::zeros({3, 3})}, {y, Array::zeros({3, 3})}};
  const Tensor product = x * y;
  EXPECT_EQ(after("peephole", (product + x) / product, feeds), "");
  EXPECT_EQ(after("peephole", matmul(x * y, x) + exp(y * x), feeds), "");
  // Beside what is there only later, x and y would have to be kept instead of their product.
  EXPECT_EQ(after("peephole", x * y + matmul(exp(x * y), x), feeds), "");
  const Tensor of_integers = g.placeholder("i", {2}, int32);
  EXPECT_EQ(
      after("peephole", of_integers * of_integers + 1, {{of_integers, Array::zeros({2}, int32)}}),
      "");
}

TEST(Passes, peephole_rounds_a_product_and_its_sum_each) {
  for (const DType dtype : {float32, float64}) {
    Graph g;
    const Tensor x = g.placeholder("x", {any_size}, dtype),
                 y = g.placeholder("y", {any_size}, dtype),
                 z = g.placeholder("z", {any_size}, dtype);
    const std::vector<Tensor> fetches{x * y + z,
                                      x * y - z,
                                      z - x * y,
                                      square(x) + z,
                                      z + y * (x - z),
                                      z + (square(x) - z) * y,
                                      x / (sqrt(abs(y)) + z),
                                      z - x / (sqrt(abs(y)) + 1e-3),
                                      reduce_sum(square(x)),
                                      reduce_sum(square(x * y), 0)};
    Session combined(g), apart(g, {.passes = {.peephole = false}});
    for (const std::int64_t n : {1, 7, 64, 1025, 100'000}) {
      const std::vector<Feed> feeds{{x, random_array({n}, "x", -1, 1, dtype)},
                                    {y, random_array({n}, "y", -1, 1, dtype)},
                                    {z, random_array({n}, "z", -1, 1, dtype)}};
      EXPECT_EQ(combined.run(fetches, feeds), apart.run(fetches, feeds)) << n;
    }
    const std::vector<double> odd{0.0,   -0.0,   INFINITY, -INFINITY, 1e-310,
                                  1e-42, 3.4e38, -1.7e308, 1,         -1};
    std::vector<double> left, right, third;
    for (double a : odd)
      for (double b : odd)
        for (double c : odd) {
          left.push_back(a);
          right.push_back(b);
          third.push_back(c);
        }
    const auto line = [&](const std::vector<double>& values) {
      return Array({static_cast<std::int64_t>(values.size())}, values).cast(dtype);
    };
    const std::vector<Feed> feeds{{x, line(left)}, {y, line(right)}, {z, line(third)}};
    EXPECT_EQ(to_text(combined.run(x * y + z, feeds)), to_text(apart.run(x * y + z, feeds)));
    EXPECT_EQ(to_text(combined.run(z - x * y, feeds)), to_text(apart.run(z - x * y, feeds)));
    for (const Tensor& t :
         {z + y * (x - z), z + (square(x) - z) * y, x / (sqrt(y) + z), z - x / (sqrt(y) + 1e-3)})
      EXPECT_EQ(to_text(combined.run(t, feeds)), to_text(apart.run(t, feeds)));
  }
}

TEST(Passes, peephole_sums_squares_over_any_axes) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, any_size});
  const std::vector<Tensor> fetches{reduce_sum(square(x), 0), reduce_sum(square(x), 1),
                                    reduce_sum(square(x), 0, true)};
  Session combined(g), apart(g, {.passes = {.peephole = false}});
  for (const Shape& shape : {Shape{1, 5}, Shape{40, 3}, Shape{3, 2000}, Shape{600, 513}}) {
    const std::vector<Feed> feeds{{x, random_array(shape, "x", -1, 1, float32)}};
    EXPECT_EQ(combined.run(fetches, feeds), apart.run(fetches, feeds)) << to_text(shape);
  }
}

// In float32 the product of the numbers would be infinite or 0; the values in between are neither.
TEST(Passes, simplify_makes_no_number_that_the_dtype_does_not_hold) {
  Graph g;
  const Tensor x = g.placeholder("x", {1}), big = g.placeholder("big", {1});
  EXPECT_FLOAT_EQ(Session(g).run(1e25 * (1e25 * x), {{x, Array({1e-30})}}).item<float>(), 1e20f);
  EXPECT_FLOAT_EQ(Session(g).run(1e-25 * (1e-25 * big), {{big, Array({1e30})}}).item<float>(),
                  1e-20f);
  EXPECT_TRUE(rules_of(1e25 * (1e25 * x), {{x, Array::zeros({1})}}).empty());
  EXPECT_TRUE(rules_of(1e-25 * (1e-25 * x), {{x, Array::zeros({1})}}).empty());
  EXPECT_EQ(rules_of(1e25 * (1e-25 * x), {{x, Array::zeros({1})}}).size(), 2u);
  EXPECT_EQ(rules_of(0 * (2 * x), {{x, Array::zeros({1})}}).size(), 1u);
}
TEST(Passes, accumulate_products_makes_no_number_that_the_dtype_does_not_hold) {
  Graph g;
  const Tensor a = g.placeholder("a", {1, 1}), b = g.placeholder("b", {1, 1});
  const std::vector<Feed> feeds{{a, Array({{1e-30}})}, {b, Array({{1}})}};
  const Tensor y = 1e25 * (1e25 * matmul(a, b)) + 2 * matmul(b, a);
  EXPECT_FLOAT_EQ(Session(g).run(y, feeds).item<float>(), 1e20f);
  const Tensor sum = 1e20 * (1e-25 * matmul(a, b) + 1e-25 * matmul(b, a));
  EXPECT_NEAR(Session(g).run(sum, feeds).item<float>(), 2e-35, 1e-40);
}

TEST(Passes, keep_what_is_no_number_behind_a_0) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  EXPECT_EQ(Session(g).run(reduce_sum(0 * x), {{x, Array({3e38, 3e38})}}).item<float>(), 0);
  const Variable V = g.variable("V", Array({{INFINITY}}));
  const Tensor a = g.placeholder("a", {1, 1});
  for (const Tensor& next : {0 * V - matmul(a, a), V - V - matmul(a, a)}) {
    Session session(g);
    session.run(assign(V, next), {{a, Array({{1}})}});
    EXPECT_TRUE(std::isnan(session.value(V).item<float>()));
  }
}

TEST(Passes, simplify_keeps_an_assignment_behind_a_condition_that_makes_no_difference) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Variable count = g.variable("count", Array::zeros({2}));
  const Tensor y = where(assign(count, count + 1) > 1, x, x);
  Session session(g);
  for (int i = 0; i < 2; ++i) session.run(y, {{x, Array({5, 6})}});
  EXPECT_EQ(session.value(count), Array({2, 2}));
}

TEST(Passes, tell_which_rule_changed_a_node) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  EXPECT_EQ(rules_of(-(-x), {{x, Array::zeros({2})}}), std::vector<std::string>{"-(c x) = (-c) x"});
}

}  // namespace
}  // namespace gradus
