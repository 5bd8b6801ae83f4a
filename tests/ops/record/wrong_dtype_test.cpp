#include "ops/wrong_input.h"

#include <gtest/gtest.h>

#include <limits>

namespace gradus {
namespace {

using WrongDType = WrongInput;

TEST_F(WrongDType, dtypes_are_not_mixed_silently) {
  EXPECT_EQ(refusal<DTypeError>([&] { m + d; }),
            "add: dtypes differ: float32 and float64\n"
            "  at  here, node \"add\"\n"
            "  a   \"m\"  float32 [2, 3]\n"
            "  b   \"d\"  float64 [2, 3]");
  EXPECT_EQ(refusal<DTypeError>([&] { matmul(m, i); }),
            "matmul: dtypes differ: float32 and int32\n"
            "  at  here, node \"matmul\"\n"
            "  a   \"m\"  float32 [2, 3]\n"
            "  b   \"i\"  int32 [2, 3]");
  EXPECT_EQ(refusal<DTypeError>([&] { where(c, m, i); }),
            "where: dtypes differ: float32 and int32\n"
            "  at  here, node \"where\"\n"
            "  condition   \"c\"  bool [2, 3]\n"
            "  a           \"m\"  float32 [2, 3]\n"
            "  b           \"i\"  int32 [2, 3]");
  EXPECT_EQ(refusal<DTypeError>([&] { where(m, m, m); }),
            "where: the condition must be bool, got float32\n"
            "  at  here, node \"where\"\n"
            "  condition   \"m\"  float32 [2, 3]\n"
            "  a           \"m\"  float32 [2, 3]\n"
            "  b           \"m\"  float32 [2, 3]");
}

TEST_F(WrongDType, arithmetic_on_bool_is_refused) {
  EXPECT_EQ(refusal<DTypeError>([&] { c + c; }),
            "add: needs numbers, got bool\n"
            "  at  here, node \"add\"\n"
            "  a   \"c\"  bool [2, 3]\n"
            "  b   \"c\"  bool [2, 3]");
  EXPECT_EQ(refusal<DTypeError>([&] { c + 1; }),
            "add: needs numbers, got bool\n"
            "  at  here, node \"add\"\n"
            "  a   \"c\"  bool [2, 3]\n"
            "  b   1    float32 []");
  EXPECT_EQ(refusal<DTypeError>([&] { reduce_sum(c); }),
            "reduce_sum: needs numbers, got bool\n"
            "  at  here, node \"reduce_sum\"\n"
            "  x   \"c\"  bool [2, 3]");
}

TEST_F(WrongDType, functions_of_floats_refuse_integers) {
  for (Tensor (*call)(Operand) : {exp, log, sqrt, sigmoid, tanh, relu, softplus}) {
    const std::string op = call(m).op_name();
    EXPECT_EQ(refusal<DTypeError>([&] { call(Operand(i, SourceLocation::current("a.cpp", 7))); }),
              op + ": needs float32 or float64, got int32\n  at  a.cpp:7, node \"" + op +
                  "_1\"\n  x   \"i\"  int32 [2, 3]");
  }
  EXPECT_EQ(refusal<DTypeError>([&] { i / 2; }),
            "divide: needs float32 or float64, got int32\n"
            "  at  here, node \"divide\"\n"
            "  a   \"i\"  int32 [2, 3]\n"
            "  b   2    int32 []");
  EXPECT_EQ(refusal<DTypeError>([&] { reduce_mean(i); }),
            "reduce_mean: needs float32 or float64, got int32\n"
            "  at  here, node \"reduce_mean\"\n"
            "  x   \"i\"  int32 [2, 3]");
}

TEST_F(WrongDType, numbers_that_are_no_integers_are_refused_beside_integers) {
  EXPECT_EQ(refusal<DTypeError>([&] { i + 0.5; }), "add: 0.5 is no int32\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { 2.0 * i; }),
            "multiply: 2.0 is a floating-point number, not int32\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { i + std::nan(""); }), "add: nan is no int32\n  at  here");
}

TEST_F(WrongDType, integers_out_of_range_are_refused_and_not_wrapped) {
  EXPECT_EQ(refusal<DTypeError>([&] { i + 3000000000; }),
            "add: 3000000000 is no int32\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { return i < std::numeric_limits<std::int64_t>::min(); }),
            "less: -9223372036854775808 is no int32\n  at  here");
  const Tensor j = g.placeholder("j", {}, int64);
  EXPECT_EQ(refusal<DTypeError>([&] { j + std::numeric_limits<std::uint64_t>::max(); }),
            "add: 1.8446744073709552e+19 is no int64\n  at  here");
}

TEST_F(WrongDType, full_like_refuses_what_the_dtype_does_not_hold) {
  EXPECT_EQ(refusal<DTypeError>([&] { full_like(i, 0.5); }),
            "full_like: 0.5 is no int32\n"
            "  at  here, node \"full_like\"\n"
            "  model   \"i\"  int32 [2, 3]");
  EXPECT_EQ(refusal<DTypeError>([&] { full_like(i, 1e30); }),
            "full_like: 1e+30 is no int32\n"
            "  at  here, node \"full_like\"\n"
            "  model   \"i\"  int32 [2, 3]");
  EXPECT_EQ(refusal<DTypeError>([&] { full_like(c, 2); }),
            "full_like: 2 is no bool\n"
            "  at  here, node \"full_like\"\n"
            "  model   \"c\"  bool [2, 3]");
}

}  // namespace
}  // namespace gradus
