#include "graph/interned.h"

#include <deque>

#include <gtest/gtest.h>

#include <gradus/error.h>
#include <gradus/graph.h>
#include <gradus/ops.h>

#include "graph/graph_state.h"

namespace gradus {
namespace {

TEST(Interned, gives_equal_values_one_number_and_the_default_0) {
  Interned<Shape> shapes;
  EXPECT_EQ(shapes.number(Shape{}), 0u);
  const std::uint32_t a = shapes.number(Shape{2, 3}), b = shapes.number(Shape{3, 2});
  EXPECT_NE(a, b);
  EXPECT_EQ(shapes.number(Shape{2, 3}), a);
  EXPECT_EQ(shapes[a], (Shape{2, 3}));
  EXPECT_EQ(shapes[b], (Shape{3, 2}));
}

TEST(Interned, finds_what_was_not_asked_for_of_late) {
  Interned<Shape> shapes;
  std::vector<std::uint32_t> first, second;
  for (std::int64_t i = 0; i < 5000; ++i) first.push_back(shapes.number(Shape{i}));
  for (std::int64_t i = 0; i < 5000; ++i) second.push_back(shapes.number(Shape{i}));
  EXPECT_EQ(first, second);
}

// Every value has one hash: equality alone decides.
struct ConstantHash {
  std::size_t operator()(int) const { return 7; }
};

TEST(Interned, tells_values_of_one_hash_apart) {
  Interned<int, ConstantHash> numbers;
  const std::uint32_t one = numbers.number(1), two = numbers.number(2);
  EXPECT_NE(one, two);
  EXPECT_EQ(numbers.number(1), one);
  EXPECT_EQ(numbers.number(0), 0u);
}

TEST(Interned, keeps_values_in_place_in_a_deque) {
  Interned<int, std::hash<int>, std::deque<int>> numbers;
  const int& one = numbers[numbers.number(1)];
  for (int i = 2; i < 5000; ++i) numbers.number(i);
  EXPECT_EQ(&one, &numbers[numbers.number(1)]);
}

TEST(NodeKinds, are_one_for_equal_calls_alone) {
  Graph g;
  const Tensor x = g.placeholder("x", {2}), y = g.placeholder("y", {3});
  const auto kind = [](const Tensor& t) { return t.state().kind_number(t.id()); };
  EXPECT_EQ(kind(elu(x)), kind(elu(x + 1)));
  EXPECT_NE(kind(elu(x)), kind(elu(x, 0.5)));
  EXPECT_NE(kind(elu(x)), kind(elu(y)));
  EXPECT_NE(kind(elu(x)), kind(selu(x)));
  EXPECT_NE(kind(elu(x)), kind(elu(cast(x, float64))));
  EXPECT_NE(kind(concat({x, x})), kind(concat({x, g.placeholder("two", {1}), x})));
}

// More kinds of calls than are remembered, in turn.
TEST(NodeKinds, of_many_different_calls_are_not_mixed_up) {
  Graph g;
  std::vector<Tensor> xs;
  for (std::int64_t i = 0; i < 1000; ++i)
    xs.push_back(g.placeholder("x" + std::to_string(i), {i}, i % 2 == 0 ? float32 : float64));
  for (int turn = 0; turn < 2; ++turn)
    for (const Tensor& x : xs) {
      const Tensor sum = reduce_sum(x, 0, true), y = x * sum, z = x < y;
      EXPECT_EQ(sum.shape(), Shape{1});
      EXPECT_EQ(y.shape(), x.shape());
      EXPECT_EQ(y.dtype(), x.dtype());
      EXPECT_EQ(z.dtype(), boolean);
      EXPECT_EQ(concat({x, x, x, x, x}).shape(), Shape{5 * x.shape()[0]});
    }
}

TEST(NodeKinds, are_not_remembered_of_refused_calls) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 3});
  EXPECT_THROW(matmul(x, x), ShapeError);
  EXPECT_THROW(matmul(x, x), ShapeError);
  EXPECT_THROW(elu(x, -1), GraphError);
  EXPECT_THROW(elu(x, -1), GraphError);
}

}  // namespace
}  // namespace gradus
