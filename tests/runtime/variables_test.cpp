// Variables from run to run: initial values, reading, setting, assigning.
#include <new>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/session.h>

#include "runtime/held_values.h"
#include "support.h"

namespace gradus {
namespace {

struct Variables : testing::Test {
  Graph g;
  Variable v = g.variable("v", Array({1, 2}));
  Variable w = g.variable("w", Array({10, 20}));
  Session session{g, {.threads = 1}};

  std::string values() { return to_text(session.value(v)) + " " + to_text(session.value(w)); }
};

TEST_F(Variables, a_run_reads_every_variable_as_it_was_before) {
  const Tensor step = assign(v, v + w);
  const std::vector<Array> seen = session.run({v, step, v + 0, w});
  EXPECT_EQ(to_text(seen[0]), "[1, 2]");
  EXPECT_EQ(to_text(seen[1]), "[11, 22]");
  EXPECT_EQ(to_text(seen[2]), "[1, 2]");
  EXPECT_EQ(values(), "[11, 22] [10, 20]");
}

TEST_F(Variables, two_variables_swap_in_one_run) {
  const Tensor swap = group({assign(v, w), assign(w, v)});
  session.run(swap);
  EXPECT_EQ(values(), "[10, 20] [1, 2]");
  session.run(swap);
  EXPECT_EQ(values(), "[1, 2] [10, 20]");
}

TEST_F(Variables, three_variables_rotate_through_views) {
  const Variable u = g.variable("u", Array({5, 6}));
  session.run(group({assign(v, identity(w)), assign(w, reshape(reshape(u, {2, 1}), {2})),
                     assign(u, stop_gradient(v))}));
  EXPECT_EQ(values() + " " + to_text(session.value(u)), "[10, 20] [5, 6] [1, 2]");
}

TEST_F(Variables, a_variable_assigned_to_itself_stays) {
  session.run(assign(w, w));
  EXPECT_EQ(values(), "[1, 2] [10, 20]");
}

TEST_F(Variables, a_feed_a_constant_and_a_computed_value_can_be_assigned) {
  const Tensor x = g.placeholder("x", {2});
  session.run({assign(v, x), assign(w, g.constant({7, 8}))}, {{x, Array({5, 6})}});
  EXPECT_EQ(values(), "[5, 6] [7, 8]");
  session.run({assign(v, identity(x)), assign(w, x * 2)}, {{x, Array({1, 3})}});
  EXPECT_EQ(values(), "[1, 3] [2, 6]");
}

TEST_F(Variables, one_value_can_be_assigned_to_two) {
  const Tensor sum = v + w;
  session.run(group({assign(v, sum), assign(w, sum)}));
  EXPECT_EQ(values(), "[11, 22] [11, 22]");
}

TEST_F(Variables, an_assignment_is_a_value_that_can_be_computed_with_and_assigned) {
  const Tensor first = assign(v, w);
  session.run(assign(w, first * 2));
  EXPECT_EQ(values(), "[10, 20] [20, 40]");
  session.run(assign(w, assign(v, w)));
  EXPECT_EQ(values(), "[20, 40] [20, 40]");
}

TEST_F(Variables, an_assigned_value_is_not_overwritten_by_a_later_node) {
  const Tensor sum = v + w;
  const Tensor step = group({assign(v, sum)});
  const Tensor later = exp(sum * 0);
  session.run({step, later});
  EXPECT_EQ(values(), "[11, 22] [10, 20]");
}

TEST_F(Variables, a_variable_is_assigned_once_in_a_run) {
  const Tensor first = assign(v, w), second = assign(v, v);
  EXPECT_EQ(message_of<GraphError>([&] {
              session.run(std::vector<Tensor>{first, second}, std::vector<Feed>{}, user_line);
            }),
            "run: variable \"v\" is assigned twice" + at_user_line);
  EXPECT_EQ(values(), "[1, 2] [10, 20]");
  session.run(first);
  EXPECT_EQ(values(), "[10, 20] [10, 20]");
}

TEST_F(Variables, a_failing_run_changes_nothing) {
  const Tensor x = g.placeholder("x", {any_size});
  const Tensor step = group({assign(v, v * 2), assign(w, w + x)});
  EXPECT_THROW(session.run(step), FeedError);
  EXPECT_THROW(session.run(step, {{x, Array({1, 2, 3})}}), ShapeError);
  EXPECT_EQ(values(), "[1, 2] [10, 20]");
  session.run(step, {{x, Array({1, 1})}});
  EXPECT_EQ(values(), "[2, 4] [11, 21]");
}

TEST_F(Variables, assigned_shapes_of_the_run_are_checked) {
  const Tensor x = g.placeholder("x", {any_size});
  const Tensor step = assign({v, user_line}, x);
  EXPECT_EQ(message_of<ShapeError>([&] {
              session.run(step, {{x, Array({1, 2, 3})}});
            }),
            "assign: shapes differ: the variable has [2], the value [3]\n"
            "  at  model.cpp:41, node \"assign\"\n"
            "  variable   \"v\"  float32 [2]\n"
            "  value      \"x\"  float32 [3]");
}

TEST_F(Variables, set_changes_what_runs_read) {
  const Tensor sum = v + w;
  session.run(sum);
  session.set(v, Array({3, 4}));
  EXPECT_EQ(to_text(session.run(sum)), "[13, 24]");
  EXPECT_EQ(to_text(session.value(v)), "[3, 4]");
}

TEST_F(Variables, values_are_copies) {
  Array value = session.value(v), mine = Array({5, 6});
  value.mutable_values<float>()[0] = 100;
  EXPECT_EQ(to_text(session.value(v)), "[1, 2]");
  session.set(v, mine);
  mine.mutable_values<float>()[0] = 100;
  EXPECT_EQ(to_text(session.value(v)), "[5, 6]");
}

TEST_F(Variables, what_is_set_has_the_variables_shape_and_dtype) {
  EXPECT_EQ(message_of<ShapeError>([&] {
              session.set(v, Array({1, 2, 3}), user_line);
            }),
            "set: variable \"v\" has float32 [2], the value float32 [3]" + at_user_line);
  EXPECT_EQ(message_of<DTypeError>([&] {
              session.set(v, Array({1, 2}, int32), user_line);
            }),
            "set: variable \"v\" has float32 [2], the value int32 [2]" + at_user_line);
}

TEST_F(Variables, wrong_handles_are_refused) {
  Graph other;
  const Variable foreign = other.variable("foreign", Array({1}));
  Variable disguised = v;
  Tensor& tensor = disguised;
  tensor = v + 1;
  EXPECT_EQ(message_of<GraphError>([&] { session.value(Variable(), user_line); }),
            "value: the Variable is empty" + at_user_line);
  EXPECT_EQ(message_of<GraphError>([&] { session.set(foreign, Array({1}), user_line); }),
            "set: variable \"foreign\" is of another graph" + at_user_line);
  EXPECT_EQ(message_of<GraphError>([&] { session.value(disguised, user_line); }),
            "value: \"add\" is a add, not a variable" + at_user_line);
}

TEST_F(Variables, two_sessions_of_one_graph_have_values_of_their_own) {
  Session other(g);
  session.run(assign(v, w));
  EXPECT_EQ(to_text(other.value(v)), "[1, 2]");
}

TEST_F(Variables, a_variable_may_be_empty) {
  const Variable empty = g.variable("empty", Array::zeros({0, 3}));
  session.set(empty, Array::zeros({0, 3}));
  session.run(assign(empty, empty * 2));
  EXPECT_EQ(session.value(empty), Array::zeros({0, 3}));
}

// Counts its calls.
Initializer counting(int& calls, const Shape& shape = {2}) {
  return {"counting", shape, float32, [&calls, shape](Random& random) {
            ++calls;
            Array value = Array::zeros(shape);
            for (float& e : value.mutable_values<float>()) e = static_cast<float>(random.uniform());
            return value;
          }};
}

TEST_F(Variables, an_initializer_runs_once_and_only_at_first_use) {
  int calls = 0;
  const Variable u = g.variable("u", counting(calls));
  session.run(v);
  EXPECT_EQ(calls, 0);
  const Tensor sum = u + 1;
  session.run(sum);
  session.run(sum);
  session.value(u);
  session.run(assign(u, u * 2));
  EXPECT_EQ(calls, 1);
}

TEST_F(Variables, a_variable_that_is_set_first_needs_no_initializer) {
  int calls = 0;
  const Variable u = g.variable("u", counting(calls));
  session.set(u, Array({1, 2}));
  EXPECT_EQ(to_text(session.run(u)), "[1, 2]");
  EXPECT_EQ(calls, 0);
}

TEST_F(Variables, initial_values_depend_on_seed_and_name_alone) {
  int calls = 0;
  const auto first_value = [&](std::uint64_t seed, bool with_others, const std::string& name) {
    Graph graph;
    if (with_others) graph.variable("other", counting(calls, {5}));
    const Variable u = graph.variable(name, counting(calls));
    Session s(graph, {.seed = seed});
    if (with_others) s.value(graph.variables()[0]);
    return to_text(s.value(u));
  };
  const std::string value = first_value(1, false, "u");
  EXPECT_EQ(first_value(1, true, "u"), value);
  EXPECT_NE(first_value(2, false, "u"), value);
  EXPECT_NE(first_value(1, false, "t"), value);
}

TEST_F(Variables, an_initializer_that_breaks_its_promise_is_named) {
  const Initializer wrong{"wrong", {2}, float32, [](Random&) { return Array({1, 2, 3}); }};
  const Variable u = g.variable("u", wrong, true, user_line);
  EXPECT_EQ(
      message_of<GraphError>([&] { session.value(u); }),
      "variable \"u\": initializer wrong promised float32 [2] and made float32 [3]" + at_user_line);
  session.set(u, Array({1, 2}));
  EXPECT_EQ(to_text(session.value(u)), "[1, 2]");
}

TEST_F(Variables, a_run_inside_a_run_is_refused) {
  const Initializer nested{"nested", {2}, float32, [&](Random&) {
                             return session.run(v, std::vector<Feed>{}, user_line);
                           }};
  const Variable u = g.variable("u", nested);
  EXPECT_EQ(message_of<FeedError>([&] { session.value(u); }),
            "session: another run of this session has not ended" + at_user_line);
  EXPECT_EQ(to_text(session.value(v)), "[1, 2]");
}

// The step starts from the variable; a factor that reads it in another shape reads it as it was.
TEST_F(Variables, a_step_of_products_with_a_view_of_the_variable_reads_the_old_value) {
  const Array first = random_array({4, 64}, "W", -1, 1, float32);
  const Variable W = g.variable("W", first);
  const Tensor a = g.placeholder("a", {4, 4});
  const Tensor product = matmul(a, reshape(W, {64, 4}), {.transpose_b = true});
  const std::vector<Feed> feeds{{a, random_array({4, 4}, "a", -1, 1, float32)}};
  Session apart(g, {.passes = {.accumulate_products = false}});
  for (Session* s : {&session, &apart}) s->run(assign(W, W - 0.5 * product), feeds);
  const Array found = session.value(W), expected = apart.value(W);
  for (std::size_t i = 0; i < 256; ++i)
    EXPECT_NEAR(found.values<float>()[i], expected.values<float>()[i], 1e-6);
}

TEST_F(Variables, without_memory_for_it_a_variable_is_named_at_its_line) {
  const std::int64_t n = std::int64_t{1} << 50;
  const Initializer zeros{
      .name = "zeros", .shape = Shape{n}, .dtype = float32, .make = [](Random&) {
        return Array::zeros({1});
      }};
  const Variable huge = g.variable("huge", zeros, true, user_line);
  const std::string text =
      "run: no memory for variable \"huge\" float32 [1125899906842624] (4.0 PiB)" + at_user_line;
  EXPECT_EQ(message_of<MemoryError>([&] { session.run(huge); }), text);
  EXPECT_EQ(message_of<MemoryError>([&] { session.value(huge); }), text);
  // Where the initializer itself finds none.
  const Initializer wasteful{
      .name = "wasteful", .shape = Shape{2}, .dtype = float32, .make = [](Random&) -> Array {
        throw std::bad_alloc();
      }};
  const Variable small = g.variable("small", wasteful, true, user_line);
  EXPECT_EQ(message_of<MemoryError>([&] { session.run(small); }),
            "run: no memory for variable \"small\" float32 [2] (8 bytes)" + at_user_line);
  EXPECT_EQ(values(), "[1, 2] [10, 20]");
}

TEST_F(Variables, that_are_planned_without_memory_are_named_at_their_line) {
  const Initializer zeros{
      .name = "zeros", .shape = {std::int64_t{1} << 50}, .dtype = float32, .make = [](Random&) {
        return Array::zeros({1});
      }};
  const Variable huge = g.variable("huge", zeros, true, user_line);
  EXPECT_EQ(
      message_of<MemoryError>([&] { session.plan(huge); }),
      "run: no memory for variable \"huge\" float32 [1125899906842624] (4.0 PiB)" + at_user_line);
}

TEST_F(Variables, are_set_all_or_none) {
  session.set({{v, Array({3, 4})}, {w, Array({5, 6})}});
  EXPECT_EQ(values(), "[3, 4] [5, 6]");
  EXPECT_EQ(message_of<ShapeError>([&] {
              session.set({{v, Array({0, 0})}, {w, Array({7, 7, 7})}}, user_line);
            }),
            "set: variable \"w\" has float32 [2], the value float32 [3]" + at_user_line);
  EXPECT_EQ(values(), "[3, 4] [5, 6]");
  // One that has no value yet gets it from its initializer still.
  Session fresh(g);
  EXPECT_EQ(message_of<GraphError>([&] {
              fresh.set({{v, Array({0, 0})}, {Variable(), Array(0)}}, user_line);
            }),
            "set: the Variable is empty" + at_user_line);
  EXPECT_EQ(to_text(fresh.value(v)), "[1, 2]");
  session.set(std::vector<VariableValue>());
}

TEST_F(Variables, values_that_nobody_else_holds_become_their_memory) {
  std::vector<VariableValue> values{{v, Array({3, 4})}, {w, Array({5, 6})}};
  const Array of_w = values[1].value;
  const void* const memory = values[0].value.data();
  session.set(std::move(values));
  {
    const HeldValues held(session, user_line);
    EXPECT_EQ(held.value(v).data(), memory);
    EXPECT_NE(held.value(w).data(), of_w.data());
  }
  session.run({assign(v, v + 1), assign(w, w + 1)});
  EXPECT_EQ(this->values(), "[4, 5] [6, 7]");
  EXPECT_EQ(to_text(of_w), "[5, 6]");

  // Where there is a value already, plans know where it lies.
  session.set(std::vector<VariableValue>{{v, Array({8, 9})}, {v, Array({0, 1})}});
  EXPECT_EQ(session.run(v + 0), Array({0, 1}));
  EXPECT_EQ(HeldValues(session, user_line).value(v).data(), memory);
}

TEST_F(Variables, that_are_held_do_not_change_meanwhile) {
  const Tensor step = assign(v, v + w);
  const std::string busy = "session: another run of this session has not ended" + at_user_line;
  {
    const HeldValues held(session, user_line);
    EXPECT_EQ(to_text(held.value(v)), "[1, 2]");
    EXPECT_EQ(message_of<FeedError>([&] { session.run(step, {}, user_line); }), busy);
    EXPECT_EQ(message_of<FeedError>([&] { session.set(v, Array({0, 0}), user_line); }), busy);
    EXPECT_EQ(message_of<FeedError>([&] { HeldValues(session, user_line); }), busy);
    EXPECT_EQ(message_of<GraphError>([&] { held.value(Variable()); }),
              "value: the Variable is empty" + at_user_line);
  }
  session.run(step);
  EXPECT_EQ(values(), "[11, 22] [10, 20]");
}

TEST_F(Variables, sessions_of_equal_random_states_draw_the_same_numbers) {
  const Tensor noise = random_normal(g, {3});
  session.run(noise);
  EXPECT_EQ(session.random_state().seed, 0u);
  EXPECT_EQ(session.random_state().run_count, 1u);
  Session other(g, {.seed = 9});
  EXPECT_NE(other.run(noise), session.run(noise));
  other.set_random_state(session.random_state());
  EXPECT_EQ(other.options().seed, 0u);
  EXPECT_EQ(other.run(noise), session.run(noise));
  EXPECT_EQ(other.random_state().run_count, 3u);
}

TEST_F(Variables, that_have_no_value_yet_get_it_from_the_new_seed) {
  const Variable u = g.variable("u", Initializer{"uniform", {2}, float32, [](Random& random) {
                                                   return Array({random.uniform(), 0.0});
                                                 }});
  Session first(g, {.seed = 1}), second(g, {.seed = 2});
  second.set_random_state({.seed = 1});
  EXPECT_EQ(second.value(u), first.value(u));
}

}  // namespace
}  // namespace gradus
