#include <vector>

#include <gtest/gtest.h>

#include <gradus/error.h>
#include <gradus/ops.h>
#include <gradus/slopes.h>

#include "support.h"

namespace gradus {
namespace {

struct MeasureSlopes : testing::Test {
  Graph g;
  Tensor x = g.placeholder("x", {2}, float64);
  Variable w = g.variable("w", Array({3, 4}, float64));
  Tensor loss = reduce_sum(square(w) * x);
  Session session{g};
};

TEST_F(MeasureSlopes, of_a_scalar_are_its_derivatives) {
  const std::vector<Slope> slopes = measure_slopes(session, loss, w, {{x, Array({1, 2}, float64)}});
  ASSERT_EQ(slopes.size(), 2U);
  EXPECT_EQ(slopes[1].index, std::vector<std::int64_t>{1});
  EXPECT_NEAR(slopes[0].value, 6, 1e-8);
  EXPECT_NEAR(slopes[1].value, 16, 1e-8);
  EXPECT_EQ(session.value(w), Array({3, 4}, float64));
}

TEST_F(MeasureSlopes, of_a_placeholder_move_its_feed) {
  const std::vector<Slope> slopes = measure_slopes(session, loss, x, {{x, Array({1, 2}, float64)}});
  EXPECT_NEAR(slopes[0].value, 9, 1e-8);
  EXPECT_NEAR(slopes[1].value, 16, 1e-8);
}

TEST_F(MeasureSlopes, upstream_gradient_weighs_elements) {
  const std::vector<Slope> slopes =
      measure_slopes(session, square(w), w, {}, {.upstream = Array({1, -10}, float64)});
  EXPECT_NEAR(slopes[0].value, 6, 1e-7);
  EXPECT_NEAR(slopes[1].value, -80, 1e-7);
}

TEST_F(MeasureSlopes, wrong_arguments_are_refused) {
  const auto message = [&]<class Error>(Error*, const Tensor& y, const Tensor& of) {
    return message_of<Error>([&] { measure_slopes(session, y, of, {}, {}, user_line); });
  };
  GraphError* graph = nullptr;
  EXPECT_EQ(message(graph, Tensor(), w), "measure_slopes: y is an empty Tensor" + at_user_line);
  EXPECT_EQ(message(graph, loss, Tensor()), "measure_slopes: x is an empty Tensor" + at_user_line);
  EXPECT_EQ(message(graph, square(w), w),
            "measure_slopes: \"square_1\" has shape [2]: only a scalar needs no upstream gradient" +
                at_user_line);
  EXPECT_EQ(message(static_cast<DTypeError*>(nullptr), loss, g.constant({1, 2}, int32)),
            "measure_slopes: \"constant\" is int32, not float32 or float64" + at_user_line);
  EXPECT_EQ(message(static_cast<FeedError*>(nullptr), loss, x),
            "measure_slopes: no value is fed for placeholder \"x\"" + at_user_line);
}

}  // namespace
}  // namespace gradus
