// The exercise of lesson 4: the gradient of the first lesson's exercise, by hand.
#include <gtest/gtest.h>

#include <gradus/gradus.h>

namespace gradus {
namespace {

// [exercise]
// y = x - mean over axis 1 of x, [rows, columns]. The gradient of x, from that of y.
Tensor centered_gradient(const Tensor& dy);
// [exercise]

// x is read twice. The difference hands down dy. The mean was repeated for each column, so it gets
// the sum of -dy over the columns, and each element of x a share of one over their number.
Tensor centered_gradient(const Tensor& dy) { return dy - reduce_mean(dy, 1, true); }

struct Centered {
  Centered()
      : x(graph.placeholder("x", {any_size, any_size})),
        dy(graph.placeholder("dy", {any_size, any_size})),
        y(x - reduce_mean(x, 1, true)) {}
  Graph graph;
  Tensor x, dy, y;
};

TEST(FanOutAndBroadcasting, both_contributions_arrive) {
  Centered c;
  const Tensor by_library = gradient(c.y, c.x, {.grad_ys = {c.dy}});
  Session session(c.graph);
  const Array values({{1, 2, 4, 9}, {0, -1, 5, 0}});
  const Array upstream({{1, 0, 0, 0}, {2, -1, 0.5, 2.5}});
  const auto all =
      session.run({by_library, centered_gradient(c.dy)}, {{c.x, values}, {c.dy, upstream}});
  EXPECT_EQ(all[0], Array({{0.75, -0.25, -0.25, -0.25}, {1, -2, -0.5, 1.5}}));
  EXPECT_EQ(all[1], all[0]);
}

// What all elements of a row have in common is lost in y, so no gradient flows along it.
TEST(FanOutAndBroadcasting, rows_of_the_gradient_have_mean_zero) {
  Centered c;
  const Array means = Session(c.graph).run(reduce_mean(centered_gradient(c.dy), 1),
                                           {{c.dy, Array({{3, 1, 2}, {-6, 0, 9}})}});
  EXPECT_EQ(means, Array({0, 0}));
}

}  // namespace
}  // namespace gradus
