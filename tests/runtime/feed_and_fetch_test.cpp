// What goes into a run and what comes out of it.
#include <cmath>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/gradients.h>
#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/session.h>

#include "support.h"

namespace gradus {
namespace {

template <class Error>
std::string refusal(Session& session, const std::vector<Tensor>& fetches,
                    const std::vector<Feed>& feeds = {}) {
  return message_of<Error>([&] { session.run(fetches, feeds, user_line); });
}

struct FeedAndFetch : testing::Test {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 3});
  Tensor y = x + 1;
  Session session{g, {.threads = 1}};
  Array two_rows{{1, 2, 3}, {4, 5, 6}};
};

TEST_F(FeedAndFetch, values_come_in_the_order_of_the_fetches) {
  const std::vector<Array> values = session.run({y, x, y}, {{x, two_rows}});
  ASSERT_EQ(values.size(), 3u);
  EXPECT_EQ(to_text(values[0]), "[[2, 3, 4], [5, 6, 7]]");
  EXPECT_EQ(values[1], two_rows);
  EXPECT_EQ(values[2], values[0]);
}

TEST_F(FeedAndFetch, a_fetched_value_is_a_copy_of_its_own) {
  Array fetched = session.run(x, {{x, two_rows}});
  fetched.mutable_values<float>()[0] = 100;
  EXPECT_EQ(two_rows.at<float>({0, 0}), 1);
  const Tensor c = g.constant({1, 2});
  session.run(c).mutable_values<float>()[0] = 100;
  EXPECT_EQ(to_text(session.run(c)), "[1, 2]");
}

TEST_F(FeedAndFetch, later_runs_do_not_change_an_earlier_result) {
  const Array first = session.run(y, {{x, two_rows}});
  session.run(y, {{x, Array({{0, 0, 0}, {0, 0, 0}})}});
  EXPECT_EQ(to_text(first), "[[2, 3, 4], [5, 6, 7]]");
}

TEST_F(FeedAndFetch, the_array_of_a_result_is_written_again_if_nobody_has_it) {
  const auto run = [&] { return session.run(y, {{x, two_rows}}); };
  const void* first = run().data();
  EXPECT_EQ(run().data(), first);
  // Who keeps the last result while the next is made gets two arrays in turn.
  Array kept = run();
  kept = run();
  const void* second = kept.data();
  EXPECT_NE(second, first);
  kept = run();
  EXPECT_EQ(kept.data(), first);
  kept = run();
  EXPECT_EQ(kept.data(), second);
}

// That a thread has read the array is known by its count alone.
TEST_F(FeedAndFetch, the_array_of_a_result_is_written_again_after_another_thread_has_read_it) {
  Graph graph;
  const Tensor in = graph.placeholder("in", {any_size});
  const Tensor twice = in * 2;
  Session s(graph, {.threads = 1});
  for (int i = 0; i < 100; ++i) {
    const Array ones = Array::full({100}, i);
    float sum = 0;
    std::thread reader([&sum, read = s.run(twice, {{in, ones}})]() mutable {
      for (float value : read.values<float>()) sum += value;
      read = Array();
    });
    for (int run = 0; run < 10; ++run) s.run(twice, {{in, Array::full({100}, -1)}});
    reader.join();
    EXPECT_EQ(sum, 200.f * static_cast<float>(i));
  }
}

TEST_F(FeedAndFetch, sessions_of_one_graph_run_at_the_same_time) {
  Graph graph;
  const Tensor in = graph.placeholder("in", {any_size, 4});
  const Variable W = graph.variable("W", random_array({4, 4}, "W", -1, 1, float32));
  const Tensor loss = reduce_sum(square(tanh(matmul(in, W)) + reduce_mean(W, 0)));
  const Tensor step = assign(W, W - 0.1 * gradient(loss, W));
  std::vector<Array> losses(2);
  std::vector<std::thread> threads;
  for (Array& last : losses)
    threads.emplace_back([&] {
      Session s(graph, {.threads = 1});
      for (std::int64_t rows = 1; rows < 20; ++rows)
        last = s.run({loss, step}, {{in, Array::full({rows, 4}, 0.5)}})[0];
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(losses[0], losses[1]);
}

TEST_F(FeedAndFetch, one_value_is_fetched_twice_and_as_a_view_and_assigned) {
  const Variable v = g.variable("v", Array::zeros({1, 3}));
  const Tensor e = exp(x) + 1;
  const std::vector<Array> values =
      session.run({e, e, reshape(e, {3, 1}), assign(v, e), e * 2}, {{x, Array::zeros({1, 3})}});
  EXPECT_EQ(to_text(values[0]), "[[2, 2, 2]]");
  EXPECT_EQ(to_text(values[1]), "[[2, 2, 2]]");
  EXPECT_EQ(to_text(values[2]), "[[2], [2], [2]]");
  EXPECT_EQ(to_text(values[3]), "[[2, 2, 2]]");
  EXPECT_EQ(to_text(values[4]), "[[4, 4, 4]]");
  EXPECT_EQ(to_text(session.value(v)), "[[2, 2, 2]]");
}

TEST_F(FeedAndFetch, numbers_feed_scalars_in_the_dtype_of_the_placeholder) {
  const Tensor n = g.placeholder("n", {}, int64), a = g.placeholder("a", {}, float64);
  EXPECT_EQ(session.run(n + 1, {{n, 9007199254740993}}).item<std::int64_t>(), 9007199254740994);
  EXPECT_EQ(session.run(a * 2, {{a, 0.1}}).item<double>(), 0.2);
}

TEST_F(FeedAndFetch, an_unneeded_feed_is_accepted_and_an_unneeded_placeholder_needs_none) {
  const Tensor z = g.placeholder("z", {2});
  EXPECT_EQ(to_text(session.run(z, {{z, Array({1, 2})}, {x, two_rows}})), "[1, 2]");
}

TEST_F(FeedAndFetch, a_placeholder_of_which_only_the_known_shape_is_read_needs_no_feed) {
  const Tensor known = g.placeholder("known", {2}), unknown = g.placeholder("unknown", {any_size});
  EXPECT_EQ(to_text(session.run(zeros_like(known))), "[0, 0]");
  EXPECT_EQ(refusal<FeedError>(session, {zeros_like(unknown)}),
            "run: no value is fed for placeholder \"unknown\" float32 [?]" + at_user_line);
}

TEST_F(FeedAndFetch, a_missing_feed_is_named) {
  EXPECT_EQ(refusal<FeedError>(session, {y}),
            "run: no value is fed for placeholder \"x\" float32 [?, 3]" + at_user_line);
}

TEST_F(FeedAndFetch, only_placeholders_are_fed) {
  EXPECT_EQ(refusal<FeedError>(session, {y}, {{y, two_rows}}),
            "run: \"add\" is a add, only placeholders are fed" + at_user_line);
  const Variable w = g.variable("w", Array({1}));
  EXPECT_EQ(refusal<FeedError>(session, {w}, {{w, Array({1})}}),
            "run: \"w\" is a variable, only placeholders are fed" + at_user_line);
}

TEST_F(FeedAndFetch, a_placeholder_is_fed_once) {
  EXPECT_EQ(refusal<FeedError>(session, {y}, {{x, two_rows}, {x, two_rows}}),
            "run: placeholder \"x\" is fed twice" + at_user_line);
}

TEST_F(FeedAndFetch, fed_values_match_the_declaration) {
  const std::string begin = "run: placeholder \"x\" takes float32 [?, 3], fed is ";
  EXPECT_EQ(refusal<FeedError>(session, {y}, {{x, Array({1, 2, 3})}}),
            begin + "float32 [3]" + at_user_line);
  EXPECT_EQ(refusal<FeedError>(session, {y}, {{x, Array({{1, 2}})}}),
            begin + "float32 [1, 2]" + at_user_line);
  EXPECT_EQ(refusal<FeedError>(session, {y}, {{x, two_rows.cast(float64)}}),
            begin + "float64 [2, 3]" + at_user_line);
  EXPECT_EQ(refusal<FeedError>(session, {y}, {{x, 1.0}}), begin + "float32 []" + at_user_line);
}

TEST_F(FeedAndFetch, numbers_that_the_dtype_does_not_have_are_refused) {
  const Tensor k = g.placeholder("k", {}, int64), b = g.placeholder("b", {}, boolean);
  const std::string begin = "run: placeholder \"k\" takes int64 [], fed is ";
  EXPECT_EQ(message_of<FeedError>([&] { Feed(k, 2.7, user_line); }), begin + "2.7" + at_user_line);
  EXPECT_EQ(message_of<FeedError>([&] { Feed(k, std::nan(""), user_line); }),
            begin + "nan" + at_user_line);
  EXPECT_EQ(message_of<FeedError>([&] { Feed(b, 2, user_line); }),
            "run: placeholder \"b\" takes bool [], fed is 2" + at_user_line);
  EXPECT_EQ(message_of<FeedError>([&] { Feed(Tensor(), 1, user_line); }),
            "run: a feed is for an empty Tensor" + at_user_line);
  EXPECT_EQ(session.run(k, {{k, 2.0}}).item<std::int64_t>(), 2);
}

TEST_F(FeedAndFetch, empty_handles_are_refused) {
  EXPECT_EQ(refusal<FeedError>(session, {Tensor()}),
            "run: a fetch is an empty Tensor" + at_user_line);
  EXPECT_EQ(refusal<FeedError>(session, {y}, {{Tensor(), two_rows}}),
            "run: a feed is for an empty Tensor" + at_user_line);
  Tensor moved = y;
  const Tensor taken = std::move(moved);
  EXPECT_EQ(refusal<FeedError>(session, {moved}), "run: a fetch is an empty Tensor" + at_user_line);
}

TEST_F(FeedAndFetch, handles_of_another_graph_are_refused) {
  Graph other;
  const Tensor z = other.placeholder("z", {});
  EXPECT_EQ(refusal<FeedError>(session, {z}),
            "run: fetch \"z\" is of another graph" + at_user_line);
  EXPECT_EQ(refusal<FeedError>(session, {x}, {{x, two_rows}, {z, 1}}),
            "run: feed \"z\" is of another graph" + at_user_line);
}

TEST_F(FeedAndFetch, a_run_without_fetches_is_refused) {
  EXPECT_EQ(refusal<FeedError>(session, {}), "run: nothing is fetched" + at_user_line);
}

TEST_F(FeedAndFetch, a_zero_size_batch_runs) {
  const Array nothing = Array::zeros({0, 3});
  EXPECT_EQ(session.run(y, {{x, nothing}}), nothing);
  EXPECT_EQ(to_text(session.run(reduce_sum(x, 0), {{x, nothing}})), "[0, 0, 0]");
  EXPECT_EQ(to_text(session.run(reduce_mean(x), {{x, nothing}})), "nan");
  const Variable W = g.variable("W", Array({{1, 2, 3}}));
  EXPECT_EQ(session.run(matmul(x, W, {.transpose_b = true}), {{x, nothing}}), Array::zeros({0, 1}));
  EXPECT_EQ(session.run(matmul(x, x, {.transpose_a = true}), {{x, nothing}}), Array::zeros({3, 3}));
}

TEST_F(FeedAndFetch, the_largest_of_an_empty_batch_is_refused_at_the_line_of_its_node) {
  const Tensor top = reduce_max({x, user_line}, 0);
  EXPECT_EQ(refusal<ShapeError>(session, {top}, {{x, Array::zeros({0, 3})}}),
            "reduce_max: there is no largest element along an axis of size 0: [0, 3]\n"
            "  at  model.cpp:41, node \"reduce_max\"\n"
            "  x   \"x\"  float32 [0, 3]");
}

TEST_F(FeedAndFetch, sizes_that_only_the_run_knows_are_checked_at_the_line_of_the_node) {
  const Tensor a = g.placeholder("a", {any_size}), b = g.placeholder("b", {any_size});
  const Tensor sum = add({a, user_line}, b);
  EXPECT_EQ(refusal<ShapeError>(session, {sum}, {{a, Array({1, 2})}, {b, Array({1, 2, 3})}}),
            "add: shapes do not broadcast: [2] and [3]\n"
            "  at  model.cpp:41, node \"add_1\"\n"
            "  a   \"a\"  float32 [2]\n"
            "  b   \"b\"  float32 [3]");
}

TEST_F(FeedAndFetch, a_session_can_go_on_after_an_error) {
  EXPECT_THROW(session.run(y), FeedError);
  EXPECT_EQ(to_text(session.run(y, {{x, Array({{0, 0, 0}})}})), "[[1, 1, 1]]");
}

TEST_F(FeedAndFetch, a_session_keeps_its_graph_alive) {
  Tensor z;
  const auto make = [&] {
    Graph short_lived;
    z = short_lived.constant({1, 2}) + 1;
    return Session(short_lived);
  };
  Session kept = make();
  EXPECT_EQ(to_text(kept.run(z)), "[2, 3]");
}

TEST_F(FeedAndFetch, a_session_that_was_moved_from_is_refused) {
  Session taken = std::move(session);
  EXPECT_EQ(message_of<GraphError>([&] {
              session.run(y, {{x, two_rows}});
            }),
            "session: the Session was moved from");
  EXPECT_EQ(message_of<GraphError>([&] { session.options(); }),
            "session: the Session was moved from");
  EXPECT_EQ(to_text(taken.run(y, {{x, Array({{0, 0, 0}})}})), "[[1, 1, 1]]");
}

TEST_F(FeedAndFetch, thread_counts_are_checked) {
  for (int threads : {-1, 1'000'000})
    EXPECT_EQ(message_of<GraphError>([&] { Session(g, {.threads = threads}, user_line); }),
              "session: " + std::to_string(threads) +
                  " threads, between 1 and 1024 are possible, or 0 for one per core" +
                  at_user_line);
}

}  // namespace
}  // namespace gradus
