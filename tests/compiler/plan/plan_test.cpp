// How often plans are made, and what they may use.
#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/gradients.h>
#include <gradus/graph.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/ops.h>
#include <gradus/session.h>

#include "graph/graph_state.h"
#include "runtime/support.h"

namespace gradus {
namespace {

// Its rule of shape counts its calls: where a dimension is unknown, one per plan.
int shape_rule_calls = 0;
constexpr Op counted{.name = "counted",
                     .doc = "x.",
                     .operands = {"x"},
                     .shape = [](Shape x) -> Shape {
                       ++shape_rule_calls;
                       return x;
                     },
                     .kernel = IsView{}};

int plans_made(const std::function<void()>& runs) {
  shape_rule_calls = 0;
  runs();
  return shape_rule_calls;
}

TEST(Plans, are_made_once_per_fetches_and_fed_shapes) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size});
  const Operand operand(x);
  const Tensor y = add_node(counted, {&operand}), z = y + 1;
  Session session(g, {.threads = 1});
  const Array two = Array::zeros({2}), three = Array::zeros({3});
  EXPECT_EQ(plans_made([&] { session.run(y, {{x, two}}); }), 1);
  EXPECT_EQ(plans_made([&] { session.run(y, {{x, Array({5, 6})}}); }), 0);
  EXPECT_EQ(plans_made([&] { session.run(y, {{x, three}}); }), 1);
  EXPECT_EQ(plans_made([&] { session.run(z, {{x, two}}); }), 1);
  EXPECT_EQ(plans_made([&] { session.run({z, y}, {{x, two}}); }), 1);
  EXPECT_EQ(plans_made([&] { session.run({y, z}, {{x, two}}); }), 1);
  EXPECT_EQ(plans_made([&] {
              for (const Array& batch : {two, three, two}) session.run(y, {{x, batch}});
              session.run({z, y}, {{x, three}});
              session.run({z, y}, {{x, two}});
            }),
            1);
}

TEST(Plans, serve_different_batch_sizes) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 2});
  const Variable W = g.variable("W", Array({{1, 2}, {3, 4}}));
  const Tensor mean = reduce_mean(matmul(x, W), 0);
  Session session(g);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(to_text(session.run(mean, {{x, Array({{1, 0}})}})), "[1, 2]");
    EXPECT_EQ(to_text(session.run(mean, {{x, Array({{1, 0}, {0, 1}})}})), "[2, 3]");
    EXPECT_EQ(to_text(session.run(mean, {{x, Array({{1, 1}, {0, 0}, {2, 2}})}})), "[4, 6]");
  }
}

TEST(Plans, that_were_not_used_for_longest_are_forgotten) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size});
  const Operand operand(x);
  const Tensor y = reduce_sum(add_node(counted, {&operand}) * 2);
  Session session(g, {.threads = 1});
  const auto run = [&](std::int64_t size) {
    return plans_made([&] {
      EXPECT_EQ(session.run(y, {{x, Array::full({size}, 1)}}).item(),
                2. * static_cast<double>(size));
    });
  };
  for (std::int64_t size = 1; size <= 64; ++size) EXPECT_EQ(run(size), 1) << size;
  for (std::int64_t size = 1; size <= 64; ++size) EXPECT_EQ(run(size), 0) << size;
  EXPECT_EQ(run(1), 0);
  EXPECT_EQ(run(65), 1);  // in the place of size 2
  for (std::int64_t size : {1, 3, 64, 65}) EXPECT_EQ(run(size), 0) << size;
  EXPECT_EQ(run(2), 1);
}

TEST(Plans, share_one_arena_and_go_where_it_is_too_small) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size});
  const Operand operand(x);
  const Tensor y = reduce_sum(cumsum(add_node(counted, {&operand}), 0));
  Session session(g, {.threads = 1, .memory_limit = 1 << 20});
  const auto run = [&](std::int64_t size) {
    const double n = static_cast<double>(size);
    return plans_made([&] {
      EXPECT_NEAR(session.run(y, {{x, Array::full({size}, 1)}}).item(), n * (n + 1) / 2,
                  1e-5 * n * n);
    });
  };
  for (std::int64_t size : {20'000, 19'000, 10}) EXPECT_EQ(run(size), 1);  // up to 80 kB
  for (std::int64_t size : {20'000, 19'000, 10}) EXPECT_EQ(run(size), 0);
  EXPECT_EQ(run(21'000), 1);
  EXPECT_EQ(run(20'000), 1);  // its values lay in the old arena
  EXPECT_EQ(run(40'000), 1);
  for (std::int64_t size : {20'000, 21'000, 40'000}) EXPECT_EQ(run(size), 0);  // 160 kB hold all
  EXPECT_EQ(run(50'000), 1);
  for (std::int64_t size : {20'000, 21'000, 40'000}) EXPECT_EQ(run(size), 1);
  for (std::int64_t size : {20'000, 50'000, 40'000}) EXPECT_EQ(run(size), 0);
}

TEST(Plans, see_nodes_and_variables_that_were_added_after_the_session) {
  Graph g;
  Session session(g);
  const Variable v = g.variable("v", Array({1, 2}));
  EXPECT_EQ(to_text(session.run(v)), "[1, 2]");
  const Tensor step = assign(v, v + g.variable("w", Array({10, 20})));
  session.run(step);
  session.run(step);
  EXPECT_EQ(to_text(session.value(v)), "[21, 42]");
}

TEST(Plans, the_order_of_the_feeds_does_not_matter) {
  Graph g;
  const Tensor a = g.placeholder("a", {any_size}), b = g.placeholder("b", {any_size});
  Session session(g);
  const Tensor y = a - b;
  EXPECT_EQ(to_text(session.run(y, {{a, Array({5})}, {b, Array({3})}})), "[2]");
  EXPECT_EQ(to_text(session.run(y, {{b, Array({3})}, {a, Array({5})}})), "[2]");
}

TEST(Plans, more_memory_than_the_limit_is_refused_at_once) {
  Graph g;
  const std::int64_t n = 1 << 25;
  const Tensor a = g.placeholder("a", {any_size, 1}), b = g.placeholder("b", {1, any_size});
  const Tensor y = reduce_sum(broadcast_like(a, b) + 1);
  Session session(g, {.threads = 1, .memory_limit = 1 << 20});
  const std::vector<Feed> feeds{{a, Array::zeros({n, 1})}, {b, Array::zeros({1, n})}};
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(
      message_of<MemoryError>([&] { session.run(y, feeds, user_line); }),
      "run: 4.0 PiB are needed, 1.0 MiB is the limit; the largest value is \"broadcast_like\" "
      "float32 [33554432, 33554432] (4.0 PiB)" +
          at_user_line);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
  for (std::size_t limit : {std::size_t{0}, std::size_t{1} << 62}) {
    Session whole_machine(g, {.threads = 1, .memory_limit = limit});
    EXPECT_THROW(whole_machine.run(y, feeds), MemoryError);
  }
  EXPECT_EQ(session.run(y, {{a, Array::zeros({2, 1})}, {b, Array::zeros({1, 3})}}).item(), 6);
}

TEST(Plans, more_elements_than_a_shape_can_have_are_refused) {
  Graph g;
  const std::int64_t n = 1 << 21;
  const Tensor a = g.placeholder("a", {any_size, 1, 1}), b = g.placeholder("b", {1, any_size, 1}),
               c = g.placeholder("c", {1, 1, any_size});
  const Tensor y = reduce_sum(a + b + c);
  Session session(g, {.threads = 1});
  EXPECT_THROW(session.run(y, {{a, Array::zeros({n, 1, 1})},
                               {b, Array::zeros({1, n, 1})},
                               {c, Array::zeros({1, 1, n})}}),
               ShapeError);
}

// Both results are bool [3]: what is compared makes the difference.
TEST(Plans, one_plan_compares_numbers_of_two_types) {
  Graph g;
  const Tensor x = g.placeholder("x", {3}, float32), z = g.placeholder("z", {3}, float64);
  Session session(g);
  const std::vector<Array> results =
      session.run({x < 0.5, z < 0.5},
                  {{x, Array({0.25, 0.75, 0.5}, float32)}, {z, Array({0.5, 0.25, 0.75}, float64)}});
  EXPECT_EQ(to_text(results[0]), "[true, false, false]");
  EXPECT_EQ(to_text(results[1]), "[false, true, false]");
}

// Everything is needed, so that no pass before the first that folds has made a copy.
TEST(Plans, folding_leaves_the_graph_of_the_user_as_it_was) {
  Graph g;
  const Tensor y = g.constant({1, 2}) + g.constant({3, 4});
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Session(g).run(y), Array({4, 6}));
    EXPECT_EQ(y.op_name(), "add");
    EXPECT_EQ(g.state().node_count(), 3);
    EXPECT_EQ(g.state().operands(y.id()).size(), 2);
  }
}

TEST(Plans, one_loop_reads_many_arrays) {
  Graph g;
  std::vector<Feed> feeds;
  const auto next = [&](const std::string& name) {
    const Tensor t = g.placeholder(name, {1000});
    feeds.push_back({t, random_array(t.shape(), t.name(), 0.5, 1, float32)});
    return t;
  };
  Tensor y = next("y");
  for (int i = 0; i < 45; ++i) {
    const std::string number = std::to_string(i);
    y = y - next("a" + number) / (sqrt(next("b" + number)) + next("c" + number));
  }
  Session session(g, {.threads = 1});
  EXPECT_EQ(session.plan(y, feeds).steps.size(), 1u);
  EXPECT_EQ(session.run(y, feeds),
            Session(g, {.threads = 1, .passes = {.fuse_loops = false}}).run(y, feeds));
}

// Its kernel waits until the test lets it go on.
std::atomic<bool> has_begun = false, may_end = false;
constexpr Op waiting{.name = "waiting",
                     .doc = "x.",
                     .operands = {"x"},
                     .kernel = GeneralKernel{[](const KernelCall& call) {
                       has_begun = true;
                       while (!may_end) std::this_thread::yield();
                       *static_cast<float*>(call.result) = *call.inputs[0].as<float>();
                     }}};

TEST(Plans, a_second_thread_is_refused_while_a_run_lasts) {
  Graph g;
  const Variable v = g.variable("v", Array(7));
  const Operand operand(v);
  const Tensor slow = add_node(waiting, {&operand});
  Session session(g, {.threads = 1});
  has_begun = may_end = false;
  Array result;
  std::thread runner([&] { result = session.run(slow); });
  while (!has_begun) std::this_thread::yield();
  const std::string refusal =
      "session: another run of this session has not ended\n  at  model.cpp:41";
  EXPECT_EQ(message_of<FeedError>([&] { session.run(v, std::vector<Feed>{}, user_line); }),
            refusal);
  EXPECT_EQ(message_of<FeedError>([&] { session.value(v, user_line); }), refusal);
  EXPECT_EQ(message_of<FeedError>([&] { session.set(v, Array(1), user_line); }), refusal);
  may_end = true;
  runner.join();
  EXPECT_EQ(result.item(), 7);
  EXPECT_EQ(session.run(v).item(), 7);
}

// Kernels of the library throw nothing; one of a user may.
struct Thrown : Error {
  using Error::Error;
};
constexpr Op throwing{.name = "throwing",
                      .doc = "x.",
                      .operands = {"x"},
                      .kernel = GeneralKernel{[](const KernelCall& call) {
                        if (*call.inputs[0].as<float>() > 5) throw Thrown("above 5");
                        *static_cast<float*>(call.result) = *call.inputs[0].as<float>();
                      }}};

TEST(Plans, an_exception_of_a_users_kernel_passes_and_changes_nothing) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  const Variable v = g.variable("v", Array(1));
  const Operand operand(x);
  const Tensor step = group({assign(v, v + 1), add_node(throwing, {&operand})});
  Session session(g, {.threads = 1});
  EXPECT_THROW(session.run(step, {{x, 6}}), Thrown);
  EXPECT_EQ(session.value(v).item(), 1);
  session.run(step, {{x, 5}});
  EXPECT_EQ(session.value(v).item(), 2);
}

}  // namespace
}  // namespace gradus
