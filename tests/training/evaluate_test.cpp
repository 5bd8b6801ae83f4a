#include <gradus/evaluate.h>

#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "support/error_text.h"

namespace gradus {
namespace {

struct Small {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 2}), factor = g.placeholder("factor", {});
  Tensor y = factor * x, mean = reduce_mean(reduce_sum(y, {1}));
  Session session{g};
  Array rows = Array({{1, 2}, {3, 4}, {5, 6}, {7, 8}, {9, 10}});
};

TEST(Evaluate, is_the_mean_over_all_rows_for_any_batch_size) {
  Small s;
  for (const std::int64_t batch_size : {1, 2, 3, 5, 100})
    EXPECT_DOUBLE_EQ(
        evaluate(s.session, s.mean, {{s.x, s.rows}, {s.factor, 2}}, {.batch_size = batch_size}),
        22);
  const std::vector<double> both =
      evaluate(s.session, {s.mean, 2 * s.mean}, {{s.x, s.rows}, {s.factor, 1}}, {.batch_size = 2});
  EXPECT_EQ(both, (std::vector<double>{11, 22}));
}

TEST(Predict, puts_the_rows_of_all_batches_together) {
  Small s;
  const Array whole = s.session.run(s.y, {{s.x, s.rows}, {s.factor, 3}});
  for (const std::int64_t batch_size : {1, 2, 3, 5, 100})
    EXPECT_EQ(predict(s.session, s.y, {{s.x, s.rows}, {s.factor, 3}}, {.batch_size = batch_size}),
              whole);
  const std::vector<Array> both =
      predict(s.session, {s.y, argmax(s.x, 1)}, {{s.x, s.rows}, {s.factor, 3}}, {.batch_size = 2});
  EXPECT_EQ(both[0], whole);
  EXPECT_EQ(both[1], Array({1, 1, 1, 1, 1}, int64));
}

TEST(Evaluate, wrong_data_is_refused) {
  Small s;
  const SourceLocation nowhere;
  const auto error = [&](const std::vector<Feed>& data, std::int64_t batch_size = 2) {
    return error_text<Error>(
        [&] { evaluate(s.session, s.mean, data, {.batch_size = batch_size}, nowhere); });
  };
  EXPECT_EQ(error({{s.factor, 1}}), "evaluate: there are no rows");
  EXPECT_EQ(error({{s.x, Array::zeros({0, 2})}, {s.factor, 1}}), "evaluate: there are no rows");
  EXPECT_EQ(error({{s.x, s.rows}, {s.factor, Array({1, 2})}}),
            "evaluate: \"x\" is fed with 5 rows, \"factor\" with 2");
  EXPECT_EQ(error({{s.x, s.rows}, {s.factor, 1}}, 0),
            "evaluate: the batch size must be above 0, got 0");
  EXPECT_EQ(error_text<ShapeError>([&] {
              evaluate(s.session, s.y, {{s.x, s.rows}, {s.factor, 1}}, {.batch_size = 2}, nowhere);
            }),
            "evaluate: \"multiply\" is [2, 2], no scalar");
  EXPECT_EQ(error_text<ShapeError>([&] {
              predict(s.session, s.mean, {{s.x, s.rows}, {s.factor, 1}}, {}, nowhere);
            }),
            "predict: \"reduce_mean\" is [] for a batch of 5 rows");
  const Tensor square = matmul(s.x, s.x, {.transpose_b = true});  // [batch, batch]
  EXPECT_EQ(error_text<ShapeError>([&] {
              predict(s.session, square, {{s.x, s.rows.rows(0, 3)}, {s.factor, 1}},
                      {.batch_size = 2}, nowhere);
            }),
            "predict: the rows of \"matmul\" differ in shape: [1, 1] after [3, 2]");
}

}  // namespace
}  // namespace gradus
