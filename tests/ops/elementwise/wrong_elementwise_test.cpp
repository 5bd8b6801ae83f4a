#include "ops/wrong_input.h"

#include <gtest/gtest.h>

#include <cmath>

namespace gradus {
namespace {

using WrongElementwise = WrongInput;

TEST_F(WrongElementwise, clip_refuses_limits_that_leave_nothing) {
  EXPECT_EQ(refusal<GraphError>([&] { clip(m, 2, 1); }),
            "clip: there is nothing from 2 to 1\n"
            "  at  here, node \"clip\"\n"
            "  x   \"m\"  float32 [2, 3]");
  EXPECT_EQ(refusal<GraphError>([&] { clip(m, std::nan(""), 1); }),
            "clip: there is nothing from nan to 1\n"
            "  at  here, node \"clip\"\n"
            "  x   \"m\"  float32 [2, 3]");
  EXPECT_EQ(refusal<DTypeError>([&] { clip(i, 0.5, 1); }),
            "clip: 0.5 is no int32\n"
            "  at  here, node \"clip\"\n"
            "  x   \"i\"  int32 [2, 3]");
  EXPECT_EQ(g.node_count(), nodes);
}

TEST_F(WrongElementwise, celu_refuses_an_alpha_that_is_not_above_0) {
  for (const auto& [alpha, text] : {std::pair{0.0, "0"},
                                    {-1.0, "-1"},
                                    {std::nan(""), "nan"},
                                    {HUGE_VAL, "inf"},
                                    {1e-300, "1e-300"}})
    EXPECT_EQ(refusal<GraphError>([&, a = alpha] { celu(m, a); }),
              std::string("celu: alpha must be finite and above 0 in float32, got ") + text +
                  "\n  at  here, node \"celu\"\n  x   \"m\"  float32 [2, 3]");
}

TEST_F(WrongElementwise, logic_takes_bool_alone) {
  EXPECT_EQ(refusal<DTypeError>([&] { return c & m; }),
            "logical_and: needs bool, got float32\n"
            "  at  here, node \"logical_and\"\n"
            "  a   \"c\"  bool [2, 3]\n"
            "  b   \"m\"  float32 [2, 3]");
  EXPECT_EQ(refusal<DTypeError>([&] { return ~i; }),
            "logical_not: needs bool, got int32\n"
            "  at  here, node \"logical_not\"\n"
            "  x   \"i\"  int32 [2, 3]");
}

TEST_F(WrongElementwise, add_n_refuses_nothing_and_numbers_alone) {
  EXPECT_EQ(refusal<GraphError>([&] { add_n({}); }), "add_n: there is nothing to add");
  EXPECT_EQ(refusal<GraphError>([&] { add_n({1}); }), "add_n: no operand is a tensor\n  at  here");
}

TEST_F(WrongElementwise, integers_are_not_divided_by_zero) {
  const Tensor b = g.placeholder("b", {2}, int32);
  const Variable total = g.variable("total", Array({1, 1}, int32));
  const Operand a(g.constant({4, 5}, int32), SourceLocation::current("model.cpp", 7));
  const Tensor step = assign(total, total + mod(a, b));
  Session session(g);
  EXPECT_EQ(refusal<DataError>([&] {
              session.run(step, {{b, Array({2, 0}, int32)}});
            }),
            "mod: division by zero at element 1\n"
            "  at  model.cpp:7, node \"mod\"\n"
            "  a   \"constant\"  int32 [2]\n"
            "  b   \"b\"         int32 [2]");
  EXPECT_EQ(session.value(total), Array({1, 1}, int32));
  session.run(step, {{b, Array({2, 3}, int32)}});
  EXPECT_EQ(session.value(total), Array({1, 3}, int32));
}

}  // namespace
}  // namespace gradus
