// The file of a page: its bytes, its size, and what is refused. What it does is tested in
// tests/page.
#include <gtest/gtest.h>

#include <gradus/auto_encoder.h>
#include <gradus/basic_ae.h>
#include <gradus/losses.h>
#include <gradus/ops.h>
#include <gradus/page.h>
#include <gradus/text.h>

#include "support/error_text.h"

namespace gradus {
namespace {

const Array points({{0.5, -1, 2}, {1.5, 0.25, -0.75}});

std::string page_of_basic_ae(std::uint64_t seed, int threads = 0) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 3});
  models::BasicAE ae(g, {3, 2});
  Tensor loss = reconstruction_error(ae(x), x);
  Session session(g, {.seed = seed, .threads = threads});
  PageRecorder recorder(session, loss);
  recorder.snapshot(0, {{x, points}});
  return recorder.html({.title = "One"});
}

TEST(Page, of_the_same_graph_and_seed_has_the_same_bytes) {
  EXPECT_EQ(page_of_basic_ae(1), page_of_basic_ae(1, 1));
  EXPECT_NE(page_of_basic_ae(1), page_of_basic_ae(2));
}

TEST(Page, leaves_the_graph_and_the_variables_as_they_are) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 3});
  models::BasicAE ae(g, {3, 2});
  Tensor loss = reconstruction_error(ae(x), x);
  Session session(g);
  const Array before = session.value(ae.W());
  const std::string text = to_text(g);
  PageRecorder recorder(session, loss, {ae.W()});
  recorder.snapshot(0, {{x, points}});
  EXPECT_EQ(to_text(g), text);
  EXPECT_EQ(session.value(ae.W()), before);
}

TEST(Page, a_recorder_that_was_moved_from_is_refused) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 3});
  models::BasicAE ae(g, {3, 2});
  Session session(g);
  PageRecorder recorder(session, reconstruction_error(ae(x), x));
  PageRecorder moved = std::move(recorder);
  const std::string text = "page: the PageRecorder was moved from";
  const auto refusal_of = [&](const auto& f) {
    try {
      f();
    } catch (const GraphError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  // NOLINTBEGIN(bugprone-use-after-move)
  EXPECT_EQ(refusal_of([&] { recorder.snapshot(0, {{x, points}}); }), text);
  EXPECT_EQ(refusal_of([&] { recorder.html(); }), text);
  EXPECT_EQ(refusal_of([&] { recorder.write("page.html"); }), text);
  // NOLINTEND(bugprone-use-after-move)
  moved.snapshot(0, {{x, points}});
  EXPECT_FALSE(moved.html().empty());
}

TEST(Page, that_would_exceed_its_limit_keeps_fewer_tensors_whole) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 60});
  models::AutoEncoder ae(g, {60, 40});
  Tensor loss = reconstruction_error(ae(x), x);
  Session session(g);
  PageRecorder recorder(session, loss);
  recorder.snapshot(0, {{x, Array::full({3, 60}, 0.5)}});
  const std::string large = recorder.html();
  const std::int64_t limit = std::ssize(large) - 5'000;
  const std::string small = recorder.html({.size_limit = limit});
  EXPECT_LE(std::ssize(small), limit);
  EXPECT_NE(small.find("\"histogram\""), small.npos);
}

// A summary of a small tensor takes more room than its elements.
TEST(Page, whose_tensors_are_small_does_not_grow_by_summaries) {
  Graph g;
  Variable w = g.variable("w", Array::full({4, 4}, 0.5));
  Session session(g);
  PageRecorder recorder(session, reduce_sum(tanh(w)));
  recorder.snapshot(0, {});
  EXPECT_EQ(recorder.html({.size_limit = 1}), recorder.html());
}

TEST(Page, holds_no_address_and_ends_no_script_early) {
  Graph g;
  Variable w = g.variable("</script><!--\xFF", Array({1, 2}));
  Tensor loss = reduce_sum(square(w));
  Session session(g);
  PageRecorder recorder(session, loss);
  recorder.snapshot(0, {});
  const std::string html = recorder.html({.title = "</title><script>"});
  std::size_t ends = 0;
  for (std::size_t i = html.find("</script"); i != html.npos; i = html.find("</script", i + 1))
    ++ends;
  EXPECT_EQ(ends, 2U);
  EXPECT_EQ(html.find("</title><script>"), html.npos);
  EXPECT_EQ(html.find("src="), html.npos);
  EXPECT_EQ(html.find("https:"), html.npos);
}

TEST(Page, refuses_what_it_cannot_show) {
  Graph g;
  Tensor x = g.placeholder("x", {2});
  Variable w = g.variable("w", Array({1, 2}));
  Tensor fixed = named(reduce_sum(x), "fixed"), loss = named(reduce_sum(w * x), "loss");
  Session session(g);
  const SourceLocation where = SourceLocation::current("my_model.cpp", 41);
  EXPECT_EQ(error_text<GraphError>([&] { PageRecorder(session, Tensor(), {}, where); }),
            "page: the loss is an empty Tensor\n  at  my_model.cpp:41");
  EXPECT_EQ(error_text<GraphError>([&] { PageRecorder(session, fixed, {}, where); }),
            "page: the loss \"fixed\" depends on no trainable variable\n  at  my_model.cpp:41");
  EXPECT_EQ(error_text<GraphError>([&] { PageRecorder(session, loss).html(); }),
            "page: there is no snapshot");
  Tensor y = w;
  for (int i = 0; i < 5'000; ++i) y = y + 1;
  Tensor deep = named(reduce_sum(y), "deep");
  EXPECT_EQ(error_text<GraphError>([&] { PageRecorder(session, deep, {}, where); }),
            "page: the loss \"deep\" is computed from 5003 nodes, at most 5000 can be shown\n"
            "  at  my_model.cpp:41");
  EXPECT_EQ(error_text<FileError>([&] {
              write_page("no/such/folder/page.html", session, loss, {{x, Array({3, 4})}});
            }),
            "file \"no/such/folder/page.html\" cannot be written: No such file or directory");
}

}  // namespace
}  // namespace gradus
