#include <type_traits>

#include <gtest/gtest.h>

#include <gradus/at.h>
#include <gradus/graph.h>
#include <gradus/ops.h>

#include "core/refusal.h"
#include "graph/graph_state.h"

namespace gradus {
namespace {

std::string line(int number) { return "source_line_test.cpp:" + std::to_string(number); }
std::string line_of(const Tensor& t) { return to_text(t.where()); }

TEST(SourceLine, of_an_operator_is_where_it_stands) {
  Graph g;
  const Tensor x = g.placeholder("x", {3});
  const Variable b = g.variable("b", Array({1, 2, 3}));
  EXPECT_EQ(line_of(x), line(__LINE__ - 2));
  EXPECT_EQ(line_of(b), line(__LINE__ - 2));
  const Tensor sum = x + b;
  EXPECT_EQ(line_of(sum), line(__LINE__ - 1));
  const Tensor twice = 2 * x;
  EXPECT_EQ(line_of(twice), line(__LINE__ - 1));
  const Tensor less = 1.0 < x;
  EXPECT_EQ(line_of(less), line(__LINE__ - 1));
  const Tensor opposite = -x;
  EXPECT_EQ(line_of(opposite), line(__LINE__ - 1));
}

TEST(SourceLine, of_a_compound_assignment_is_where_it_stands) {
  Graph g;
  Tensor loss = g.placeholder("x", {});
  loss += 1e-4 * loss;
  EXPECT_EQ(line_of(loss), line(__LINE__ - 1));
  loss /= 2;
  EXPECT_EQ(line_of(loss), line(__LINE__ - 1));
}

TEST(SourceLine, of_nested_calls_is_that_of_each_operand) {
  Graph g;
  const Tensor x = g.placeholder("x", {3});
  const int first = __LINE__ + 1;
  const Tensor y = reduce_sum(  //
      square(                   //
          x + 1));              // here x becomes an operand
  const auto operand = [&](const Tensor& t) { return g.state().operands(t.id())[0]; };
  const NodeId squared = operand(y), sum = g.state().operands(squared)[0];
  for (NodeId id : {y.id(), squared, sum}) {
    const auto number = static_cast<int>(g.state().where(id).line());
    EXPECT_TRUE(number >= first && number <= first + 2) << number;
  }
}

TEST(SourceLine, of_a_broadcast_is_that_of_its_reader) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3}), b = g.placeholder("b", {3});
  const Tensor sum = x + b;
  const NodeId repeated = g.state().operands(sum.id())[1];
  EXPECT_EQ(g.state().name(repeated), "broadcast_like");
  EXPECT_EQ(g.state().where(repeated), sum.where());
}

TEST(SourceLine, in_a_lambda_is_inside_it) {
  Graph g;
  const auto twice = [](const Tensor& t) {
    return t + t;  // this line
  };
  EXPECT_EQ(line_of(twice(g.placeholder("x", {}))), line(__LINE__ - 2));
}

template <class T>
Tensor plus(const T& x, const T& y) {
  return x + y;
}
constexpr int line_of_plus = __LINE__ - 2;

TEST(SourceLine, in_a_template_is_inside_it) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  EXPECT_EQ(line_of(plus(x, x)), line(line_of_plus));
}

struct Doubled {
  explicit Doubled(const Tensor& x) : y(x + x) {}
  Tensor y;
};
constexpr int line_of_doubled = __LINE__ - 3;

TEST(SourceLine, in_a_constructor_is_inside_it) {
  Graph g;
  EXPECT_EQ(line_of(Doubled(g.placeholder("x", {})).y), line(line_of_doubled));
}

// A library function written over ops.
Tensor half_square(Operand x) {
  const At at(x);
  return 0.5 * square(x);
}
Tensor loss(Operand x) {
  const At at(x);
  return reduce_mean(half_square(abs(x)));
}

TEST(SourceLine, of_a_function_over_ops_is_its_callers) {
  Graph g;
  const Tensor x = g.placeholder("x", {3});
  const Tensor y = loss(x);
  for (std::int32_t i = 1; i < static_cast<std::int32_t>(y.id()); ++i)
    EXPECT_EQ(to_text(g.state().where(NodeId{i})), line(__LINE__ - 2));
  const Tensor after = x + 1;
  EXPECT_EQ(line_of(after), line(__LINE__ - 1));
}

TEST(SourceLine, of_a_refusal_in_a_function_over_ops_is_its_callers) {
  Graph g;
  const Tensor x = g.placeholder("x", {3}, boolean);
  EXPECT_EQ(refusal<DTypeError>([&] { loss(x); }),
            "abs: needs numbers, got bool\n  at  here, node \"abs\"\n  x   \"x\"  bool [3]");
  const Tensor after = identity(x);
  EXPECT_EQ(line_of(after), line(__LINE__ - 1));
}

TEST(Variable, is_not_moved_on_by_a_compound_assignment) {
  static_assert(!std::is_invocable_v<decltype([](auto& v) -> decltype(v += 1) { return v += 1; }),
                                     Variable&>);
  static_assert(
      std::is_invocable_v<decltype([](auto& v) -> decltype(v += 1) { return v += 1; }), Tensor&>);
}

}  // namespace
}  // namespace gradus
