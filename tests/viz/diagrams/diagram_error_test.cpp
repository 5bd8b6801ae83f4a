#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <gradus/diagram.h>
#include <gradus/error.h>
#include <gradus/failed_call.h>
#include <gradus/op/records.h>
#include <gradus/ops.h>
#include <gradus/session.h>

namespace gradus {
namespace {

using testing::HasSubstr;

TEST(DiagramOfError, call_that_was_refused_is_red_and_carries_the_message) {
  std::string dot;
  try {
    Graph g;  // the error keeps it alive
    const Tensor x = g.placeholder("x", {any_size, 784});
    const Tensor h = exp(x);
    matmul(h, g.variable("W", Array::zeros({256, 784})));
  } catch (const ShapeError& error) {
    EXPECT_EQ(error.failed_call->op, &matmul_op);
    EXPECT_EQ(error.failed_call->name, "matmul");
    dot = to_dot(error);
  }
  EXPECT_THAT(dot, HasSubstr("label=\"matmul: inner dimensions differ: [?, 784] x\\n"
                             "[256, 784] (784 and 256)\""));
  EXPECT_THAT(dot, HasSubstr("penwidth=\"3\", fillcolor=\"#fde0e0\", color=\"#c00000\""));
  EXPECT_THAT(dot, HasSubstr("  \"n0\" -> \"n1\" [label=\" [?, 784]\"];\n"));
  EXPECT_THAT(dot, HasSubstr("  \"n1\" -> \"n3\" [label=\" a [?, 784]\", color=\"#c00000\", "));
  EXPECT_THAT(dot, HasSubstr("  \"n2\" -> \"n3\" [label=\" b [256, 784]\", color=\"#c00000\", "));
}

TEST(DiagramOfError, error_of_a_run_shows_the_sizes_that_the_run_knew) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size}), y = g.placeholder("y", {any_size});
  const Tensor z = x * y;
  Session session(g);
  try {
    session.run(z, {{x, Array({1, 2})}, {y, Array({1, 2, 3})}});
    ADD_FAILURE() << "no error";
  } catch (const ShapeError& error) {
    ASSERT_NE(error.failed_call, nullptr);
    EXPECT_THAT(to_dot(error), HasSubstr("[2]\", color=\"#c00000\""));
    EXPECT_THAT(to_dot(error), HasSubstr("[3]\", color=\"#c00000\""));
  }
}

TEST(DiagramOfError, number_and_dtype_of_an_operand_are_shown) {
  Graph g;
  const Tensor x = g.placeholder("x", {2}, int64);
  try {
    exp(x);
    ADD_FAILURE() << "no error";
  } catch (const DTypeError& error) {
    EXPECT_THAT(to_dot(error), HasSubstr("[label=\" x int64 [2]\", color=\"#c00000\""));
  }
}

TEST(DiagramOfError, other_errors_are_refused) {
  try {
    to_dot(FileError("no such file"));
    ADD_FAILURE() << "no error";
  } catch (const GraphError& error) {
    EXPECT_STREQ(error.what(), "diagram: the error is not about the call of an op");
  }
}

}  // namespace
}  // namespace gradus
