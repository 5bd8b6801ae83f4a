// The exercise of lesson 1: the mean of each row is taken away.
#include <vector>

#include <gtest/gtest.h>

#include <gradus/gradus.h>

namespace gradus {
namespace {

// [exercise]
// x - mean, where each row of x, [rows, columns], loses its own mean.
Tensor centered(const Tensor& x);
// [exercise]

// The mean keeps its axis: [rows, 1] is repeated for each column, [rows] for each row.
Tensor centered(const Tensor& x) { return x - reduce_mean(x, 1, true); }

Array centered_of(const Array& x) {
  Graph g;
  return Session(g).run(centered(g.constant(x)));
}

TEST(ValuesAndShapes, rows_lose_their_means) {
  EXPECT_EQ(centered_of(Array({{1, 2, 3}, {4, 6, 11}})), Array({{-1, 0, 1}, {-3, -1, 4}}));
}

TEST(ValuesAndShapes, square_matrices_are_no_exception) {
  EXPECT_EQ(centered_of(Array({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}})),
            Array({{-1, 0, 1}, {-1, 0, 1}, {-1, 0, 1}}));
}

TEST(ValuesAndShapes, without_its_axis_the_mean_is_refused_or_goes_astray) {
  Graph g;
  const Tensor wide = g.constant({{1, 2, 3}, {4, 5, 6}});
  EXPECT_THROW(wide - reduce_mean(wide, 1), ShapeError);
  const Tensor square_matrix = g.constant({{1, 2}, {3, 4}});
  EXPECT_EQ(Session(g).run(square_matrix - reduce_mean(square_matrix, 1)),
            Array({{-0.5, -1.5}, {1.5, 0.5}}));
}

}  // namespace
}  // namespace gradus
