// The exercise of lesson 6: gradient descent without an optimizer.
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <gradus/gradus.h>

namespace gradus {
namespace {

using ::testing::FloatNear;
using ::testing::Pointwise;

// [exercise]
// A node that does one step when it is run: each variable moves against its gradient,
// v <- v - learning_rate dv, all together. With gradients(), assign() and group().
Tensor descent(const Tensor& loss, const std::vector<Variable>& variables, double learning_rate);
// [exercise]

Tensor descent(const Tensor& loss, const std::vector<Variable>& variables, double learning_rate) {
  const std::vector<Tensor> d = gradients(loss, variables);
  std::vector<Operand> updates;
  for (std::size_t i = 0; i < d.size(); ++i)
    updates.emplace_back(assign(variables[i], variables[i] - learning_rate * d[i]));
  return group(updates);
}

// The basic auto-encoder of the lesson, and one node for each way to train it.
struct Lesson {
  Lesson() : x(graph.placeholder("x", {any_size, 3})), ae(graph, {3, 2}) {}
  Graph graph;
  Tensor x;
  models::BasicAE ae;
  Tensor loss = reconstruction_error(ae(x), x);
  Tensor by_hand = descent(loss, ae.variables(), 0.2);
  Tensor by_optimizer = SGD{.learning_rate = 0.2}.minimize(loss);
  Array points = noisy_sheet(100, 42).points;
};

TEST(BasicAeLesson, hundred_steps_lead_where_the_optimizer_leads) {
  Lesson lesson;
  Session one(lesson.graph, {.seed = 42}), other(lesson.graph, {.seed = 42});
  for (int i = 0; i < 100; ++i) {
    one.run(lesson.by_hand, {{lesson.x, lesson.points}});
    other.run(lesson.by_optimizer, {{lesson.x, lesson.points}});
  }
  for (const Variable& v : lesson.ae.variables())
    EXPECT_THAT(one.value(v).values<float>(),
                Pointwise(FloatNear(1e-5F), other.value(v).values<float>()))
        << v.name();
}

TEST(BasicAeLesson, the_loss_falls_at_each_step) {
  Lesson lesson;
  Session session(lesson.graph, {.seed = 42});
  const std::vector<Feed> feeds{{lesson.x, lesson.points}};
  float before = session.run(lesson.loss, feeds).item();
  for (int i = 0; i < 300; ++i) {
    session.run(lesson.by_hand, feeds);
    const float now = session.run(lesson.loss, feeds).item();
    ASSERT_LT(now, before) << "step " << i;
    before = now;
  }
  EXPECT_LT(before, 0.05F);
}

}  // namespace
}  // namespace gradus
