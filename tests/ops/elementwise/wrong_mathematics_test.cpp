#include "ops/wrong_input.h"

#include <gtest/gtest.h>

namespace gradus {
namespace {

using WrongMathematics = WrongInput;

TEST_F(WrongMathematics, functions_of_floats_refuse_integers) {
  for (Tensor (*call)(Operand) : {sin, cos, tan, asin, acos, atan, sinh, cosh, asinh, acosh, atanh,
                                  erf, log2, reciprocal, rsqrt}) {
    const std::string op = call(m).op_name();
    EXPECT_EQ(refusal<DTypeError>([&] { call(i); }),
              op + ": needs float32 or float64, got int32\n  at  here, node \"" + op +
                  "_1\"\n  x   \"i\"  int32 [2, 3]");
  }
}

TEST_F(WrongMathematics, rounding_refuses_bool) {
  for (Tensor (*call)(Operand) : {floor, ceil, round, is_nan, is_finite}) {
    const std::string op = call(m).op_name();
    EXPECT_EQ(refusal<DTypeError>([&] { call(c); }),
              op + ": needs numbers, got bool\n  at  here, node \"" + op +
                  "_1\"\n  x   \"c\"  bool [2, 3]");
  }
}

TEST_F(WrongMathematics, operands_must_agree_in_dtype) {
  for (Tensor (*call)(Operand, Operand) : {atan2, hypot, power, squared_difference}) {
    const std::string op = call(m, m).op_name();
    EXPECT_EQ(refusal<DTypeError>([&] { call(m, d); }),
              op + ": dtypes differ: float32 and float64\n  at  here, node \"" + op +
                  "_1\"\n  a   \"m\"  float32 [2, 3]\n  b   \"d\"  float64 [2, 3]");
  }
}

TEST_F(WrongMathematics, unknown_dimensions_stay_unknown) {
  EXPECT_EQ(sin(x).shape(), Shape({any_size, 784}));
  EXPECT_EQ(power(x, 2).shape(), Shape({any_size, 784}));
}

TEST_F(WrongMathematics, integers_have_no_negative_powers) {
  const Tensor b = g.placeholder("b", {2}, int32);
  const Operand a(g.constant({1, 4}, int32), SourceLocation::current("model.cpp", 7));
  const Tensor y = power(a, b);
  Session session(g);
  EXPECT_EQ(refusal<DataError>([&] {
              session.run(y, {{b, Array({-1, -2}, int32)}});
            }),
            "power: integers to negative integer powers are not allowed: 4 to the power -2 at "
            "element 1\n"
            "  at  model.cpp:7, node \"power\"\n"
            "  a   \"constant\"  int32 [2]\n"
            "  b   \"b\"         int32 [2]");
  EXPECT_EQ(session.run(y, {{b, Array({-1, 2}, int32)}}), Array({1, 16}, int32));
}

}  // namespace
}  // namespace gradus
