// What a session says it will do: steps, values, FLOPs and bytes.
#include <gtest/gtest.h>

#include <gradus/gradients.h>
#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/session.h>

#include "core/memory.h"
#include "runtime/support.h"

namespace gradus {
namespace {

// Not n arrays, each of n elements and read and written as a whole.
TEST(PlanReports, show_that_gradients_of_slices_are_summed_in_one_place) {
  Graph g;
  const std::int64_t n = 100;
  const Variable x = g.variable("x", Array::zeros({n}));
  Tensor sum = g.constant(0);
  for (const Tensor& part : unstack(x)) sum = exp(part) + sum * part;
  Session session(g, {.threads = 1});
  const PlanReport plan = session.plan(2 * exp(gradient(sum, x)));
  std::vector<std::size_t> offsets;
  for (const PlanReport::Step& step : plan.steps)
    if (step.kernel == "add_into_slice") {
      offsets.push_back(step.values[0].offset);
      EXPECT_EQ(step.bytes, 3 * 4);  // dy is read, a slice of the sum read and written
    }
  EXPECT_EQ(offsets, std::vector<std::size_t>(n - 1, offsets.at(0)));
}

TEST(PlanReports, tell_all_of_a_small_training_step) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const Variable W = g.variable("W", Array::zeros({2, 3})),
                 b1 = g.variable("b1", Array::zeros({2})), b2 = g.variable("b2", Array::zeros({3}));
  const Tensor code = elu(matmul(x, W, {.transpose_b = true}) + b1);
  const Tensor x_tilde = elu(matmul(code, W) + b2);
  const Tensor loss = named(reduce_mean(reduce_sum(square(x_tilde - x), 1)), "loss");
  const std::vector<Tensor> d = gradients(loss, {W, b1, b2});
  const Tensor step =
      group({assign(W, W - 0.1 * d[0]), assign(b1, b1 - 0.1 * d[1]), assign(b2, b2 - 0.1 * d[2])});
  Session session(g, {.threads = 1});
  const PlanReport plan = session.plan({loss, step}, {{x, Array::zeros({20, 3})}});
  // How much scratch a product needs depends on the CPU.
  const std::string scratch = "scratch " + bytes_text(plan.scratch_bytes);
  EXPECT_EQ(
      plan.to_text(),
      "10 steps in 4 stages, 1 thread: 1851 FLOP, 3.7 KiB read and written\n"
      "arena 704 bytes, " +
          scratch +
          ", copied at the end 0 bytes\n"
          "\n"
          "stage 1: 20 rows, 1 thread\n"
          "  1. product: 240 FLOP, 424 bytes\n"
          "       matmul = matmul(x, W, transpose_a=false, transpose_b=true)  float32 [20, 2]  "
          "arena 0\n"
          "  2. loop: 80 FLOP, 328 bytes\n"
          "       broadcast_like = broadcast_to(b1, shape=[20, 2])  float32 [20, 2]\n"
          "       add = add(matmul, broadcast_like)  float32 [20, 2]\n"
          "       elu = elu(add, alpha=1)  float32 [20, 2]  arena 0\n"
          "  3. product: 240 FLOP, 424 bytes\n"
          "       matmul_1 = matmul(elu, W, transpose_a=false, transpose_b=false)  float32 [20, 3] "
          " arena 192\n"
          "  4. loop: 480 FLOP, 748 bytes\n"
          "       broadcast_like_1 = broadcast_to(b2, shape=[20, 3])  float32 [20, 3]\n"
          "       add_1 = add(matmul_1, broadcast_like_1)  float32 [20, 3]\n"
          "       elu_1 = elu(add_1, alpha=1)  float32 [20, 3]\n"
          "       subtract = subtract(elu_1, x)  float32 [20, 3]\n"
          "       loss~3 = reduce_sum_square(subtract, axes=[0, 1], keepdims=false)  float32 []  "
          "arena 448\n"
          "       gradients/multiply_2 = multiply(0.1, subtract)  float32 [20, 3]\n"
          "       gradients/elu_grad = elu_grad(gradients/multiply_2, elu_1, alpha=1)  float32 "
          "[20, 3]  arena 192\n"
          "       gradients/sum_like = reduce_sum(gradients/elu_grad, axes=[0], keepdims=false)  "
          "float32 [3]  arena 464\n"
          "\n"
          "stage 2: 1 thread\n"
          "  5. loop: 1 FLOP, 8 bytes\n"
          "       loss = multiply(0.05, loss~3)  float32 []  result\n"
          "\n"
          "stage 3: 20 rows, 1 thread\n"
          "  6. product: 240 FLOP, 424 bytes\n"
          "       gradients/matmul = matmul(gradients/elu_grad, W, transpose_a=false, "
          "transpose_b=true)  float32 [20, 2]  arena 512\n"
          "  7. loop: 80 FLOP, 488 bytes\n"
          "       gradients/elu_grad_1 = elu_grad(gradients/matmul, elu, alpha=1)  float32 [20, 2] "
          " arena 512\n"
          "       gradients/sum_like_1 = reduce_sum(gradients/elu_grad_1, axes=[0], "
          "keepdims=false)  float32 [2]  arena 448\n"
          "\n"
          "stage 4: 1 thread\n"
          "  8. product: 480 FLOP, 848 bytes\n"
          "       subtract_1 = product_sum(W, elu, gradients/elu_grad, gradients/elu_grad_1, x, "
          "scale=-0.1, decay=1, transposed=[1, 0, 1, 0])  float32 [2, 3]  variable W\n"
          "  9. loop: 4 FLOP, 24 bytes\n"
          "       subtract_2 = subtract_product(0.1, gradients/sum_like_1, b1)  float32 [2]  "
          "variable b1\n"
          " 10. loop: 6 FLOP, 36 bytes\n"
          "       subtract_3 = subtract_product(0.1, gradients/sum_like, b2)  float32 [3]  "
          "variable "
          "b2\n");
}

PlanReport plan_of(const Tensor& y, const std::vector<Feed>& feeds = {},
                   const Passes& passes = {}) {
  return Session(Graph(y.shared_state()), {.threads = 1, .passes = passes}).plan(y, feeds);
}

TEST(PlanReports, have_rows_for_threads_where_there_are_enough) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const Tensor y =
      elu(matmul(x, g.variable("W", Array::zeros({3, 2}))) + g.variable("b", Array::zeros({2})));
  for (const std::int64_t batch : {15, 16}) {
    const PlanReport plan = plan_of(y, {{x, Array::zeros({batch, 3})}});
    ASSERT_EQ(plan.stages.size(), batch == 15 ? 2 : 1);
    for (const PlanReport::Stage& stage : plan.stages) EXPECT_EQ(stage.rows, batch == 15 ? 0 : 16);
  }
}

// 1000 rows take 3 MB.
TEST(PlanReports, have_chunks_where_the_values_of_all_rows_are_more_than_a_cache_holds) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 300});
  const Variable W = g.variable("W", Array::zeros({200, 300}));
  const Tensor y = matmul(elu(matmul(x, W, {.transpose_b = true})), W);
  for (const std::int64_t batch : {100, 1000}) {
    const PlanReport plan = plan_of(y, {{x, Array::zeros({batch, 300})}});
    ASSERT_EQ(plan.stages.size(), 1);
    EXPECT_EQ(plan.stages[0].chunks, batch == 100 ? 1 : 4);
    const std::string line = batch == 100 ? "stage 1: 100 rows, 1 thread\n"
                                          : "stage 1: 1000 rows in 4 chunks, 1 thread\n";
    EXPECT_NE(plan.to_text().find(line), std::string::npos) << plan.to_text();
  }
}

TEST(PlanReports, count_two_operations_for_each_term_of_a_product) {
  Graph g;
  const Tensor a = g.placeholder("a", {any_size, any_size}),
               b = g.placeholder("b", {any_size, any_size});
  const PlanReport plan = plan_of(matmul(a, b, {.transpose_a = true}),
                                  {{a, Array::zeros({7, 5})}, {b, Array::zeros({7, 3})}});
  ASSERT_EQ(plan.steps.size(), 1);
  EXPECT_EQ(plan.steps[0].kernel, "product");
  EXPECT_EQ(plan.flops(), 2 * 5 * 3 * 7);
  EXPECT_EQ(plan.bytes(), 4 * (7 * 5 + 7 * 3 + 5 * 3));
  EXPECT_EQ(plan.copied_bytes, 0);  // the result is made in the array that the user gets
}

TEST(PlanReports, show_the_products_of_a_batch_as_one_step) {
  Graph g;
  const Tensor a = g.placeholder("a", {any_size, 6, 7}), b = g.placeholder("b", {any_size, 7, 5});
  const PlanReport plan =
      plan_of(matmul(a, b), {{a, Array::zeros({4, 6, 7})}, {b, Array::zeros({4, 7, 5})}});
  ASSERT_EQ(plan.steps.size(), 1);
  EXPECT_EQ(plan.steps[0].kernel, "product");
  EXPECT_EQ(plan.flops(), 2 * 4 * 6 * 5 * 7);
}

TEST(PlanReports, count_one_operation_for_each_element_in_a_loop_and_each_array_once) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 4}, float64);
  const Variable b = g.variable("b", Array::zeros({4}, float64));
  // Minus, times, plus, the sum: of 20 elements; the repeated b, and the number 3, count nothing.
  const PlanReport plan =
      plan_of(reduce_sum((x - b) * x + 3, 0), {{x, Array::zeros({5, 4}, float64)}});
  ASSERT_EQ(plan.steps.size(), 1);
  EXPECT_EQ(plan.steps[0].kernel, "loop");
  EXPECT_EQ(plan.flops(), 4 * 20);
  EXPECT_EQ(plan.bytes(), 8 * (20 + 4 + 4));
}

TEST(PlanReports, call_other_kernels_by_their_ops) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 4});
  const PlanReport plan = plan_of(softmax(x), {{x, Array::zeros({5, 4})}});
  EXPECT_EQ(plan.steps[0].kernel, "softmax");
  EXPECT_EQ(plan.steps[0].name(), "softmax");
  EXPECT_EQ(plan.flops(), 0);
  EXPECT_EQ(plan.bytes(), 4 * 40);
}

TEST(PlanReports, follow_the_passes_of_the_session) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size});
  const Tensor y = elu(exp(x) + x);
  EXPECT_EQ(plan_of(y, {{x, Array::zeros({5})}}).steps.size(), 1);
  EXPECT_EQ(plan_of(y, {{x, Array::zeros({5})}}, {.fuse_loops = false}).steps.size(), 3);
}

TEST(PlanReports, of_what_is_fed_back_have_no_steps) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size});
  const Variable v = g.variable("v", Array::zeros({2}));
  const PlanReport plan =
      Session(g, {.threads = 1}).plan({x, assign(v, x)}, {{x, Array::zeros({2})}});
  EXPECT_EQ(plan.to_text(),
            "0 steps in 0 stages, 1 thread: 0 FLOP, 0 bytes read and written\n"
            "arena 0 bytes, scratch 0 bytes, copied at the end 24 bytes\n");
}

TEST(PlanReports, run_nothing) {
  Graph g;
  const Variable v = g.variable("v", Array({1, 2}));
  const Tensor step = assign(v, v + 1);
  Session session(g, {.threads = 1});
  EXPECT_EQ(session.plan(step).steps.size(), 1);
  EXPECT_EQ(to_text(session.value(v)), "[1, 2]");
}

TEST(PlanReports, large_counts_have_units) {
  PlanReport plan;
  plan.steps.push_back({.kernel = "product",
                        .values = {{.name = "y", .formula = "matmul(x, W)", .shape = Shape({2})}},
                        .flops = 9999,
                        .bytes = 2048});
  plan.steps.push_back(plan.steps[0]);
  plan.steps.push_back(plan.steps[0]);
  plan.steps[1].flops = 62'720'000;
  plan.steps[2].flops = 999'999'000'000;
  plan.steps[2].parts = 2;
  plan.stages.push_back({.rows = 100, .threads = 2});
  plan.threads = 2;
  EXPECT_EQ(plan.to_text(),
            "3 steps in 1 stage, 2 threads: 1 TFLOP, 6.0 KiB read and written\n"
            "arena 0 bytes, scratch 0 bytes, copied at the end 0 bytes\n"
            "\n"
            "stage 1: 100 rows, 2 threads\n"
            "  1. product: 9999 FLOP, 2.0 KiB\n"
            "       y = matmul(x, W)  float32 [2]\n"
            "  2. product: 62.72 MFLOP, 2.0 KiB\n"
            "       y = matmul(x, W)  float32 [2]\n"
            "  3. product: 1 TFLOP, 2.0 KiB, 2 parts\n"
            "       y = matmul(x, W)  float32 [2]\n");
}

// In the update of a matrix no thread has rows of its own.
TEST(PlanReports, threads_share_large_products_of_all_kinds) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 128});
  const Variable W = g.variable("W", Array::zeros({256, 128}));
  const Tensor loss = reduce_sum(square(matmul(x, W, {.transpose_b = true})));
  const Tensor step = assign(W, W - 0.1 * gradient(loss, W));
  Session session(g, {.threads = 2});
  const PlanReport plan = session.plan(step, {{x, Array::zeros({200, 128})}});
  int products = 0;
  for (const PlanReport::Step& s : plan.steps) {
    if (s.kernel != "product") continue;
    ++products;
    EXPECT_EQ(s.parts, 2) << s.name();
  }
  EXPECT_EQ(products, 2);
}

TEST(PlanReports, refuse_what_a_run_refuses) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const Tensor y = x + 1;
  Session session(g, {.threads = 1});
  EXPECT_EQ(message_of<FeedError>([&] {
              session.plan(y, {{x, Array::zeros({2})}}, user_line);
            }),
            "run: placeholder \"x\" takes float32 [?, 3], fed is float32 [2]" + at_user_line);
  EXPECT_EQ(message_of<FeedError>([&] { session.plan(std::vector<Tensor>{}, {}, user_line); }),
            "run: nothing is fetched" + at_user_line);
}

}  // namespace
}  // namespace gradus
