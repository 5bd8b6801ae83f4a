#include <gtest/gtest.h>

#include "ops/wrong_input.h"

namespace gradus {
namespace {

using WrongLinearAlgebra = WrongInput;

TEST_F(WrongLinearAlgebra, einsum_refuses_equations_that_do_not_fit) {
  const auto text = [&](const char* equation) {
    return refusal<GraphError>([&] { einsum(equation, {m}); });
  };
  EXPECT_EQ(text("i1"), "einsum: '1' is no letter: i1\n  at  here");
  EXPECT_EQ(text("ij->k"), "einsum: 'k' of the result is in no operand: ij->k\n  at  here");
  EXPECT_EQ(text("ij->ii"), "einsum: 'i' stands twice in the result: ij->ii\n  at  here");
  EXPECT_EQ(text("ij,jk"), "einsum: 1 operands, the equation has 2: ij,jk\n  at  here");
}

TEST_F(WrongLinearAlgebra, einsum_refuses_shapes_that_do_not_fit) {
  EXPECT_EQ(refusal<ShapeError>([&] { einsum("i", {m}); }),
            "einsum: \"i\" names 1 axes of [2, 3]: i\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { einsum("ii", {m}); }),
            "einsum: 'i' is 2 and 3: ii\n  at  here");
}

TEST_F(WrongLinearAlgebra, einsum_refuses_a_result_of_9_axes_at_the_users_line) {
  const Tensor a = g.placeholder("a", {1, 1, 1, 1, 1}), b = g.placeholder("b", {1, 1, 1, 1});
  EXPECT_EQ(refusal<ShapeError>([&] {
              einsum("abcde,fghi->abcdefghi", {a, b});
            }),
            "shape: 9 dimensions, at most 8 are possible\n  at  here");
}

TEST_F(WrongLinearAlgebra, dot_and_outer_refuse_matrices) {
  EXPECT_EQ(refusal<ShapeError>([&] { dot(m, m); }),
            "dot: operands must be vectors, got [2, 3]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { outer(m, m); }),
            "outer: operands must be vectors, got [2, 3]\n  at  here");
}

TEST_F(WrongLinearAlgebra, matmul_refuses_batches_that_do_not_broadcast) {
  const Tensor p = g.placeholder("p", {2, 3, 4}), q = g.placeholder("q", {3, 4, 5});
  EXPECT_EQ(refusal<ShapeError>([&] { matmul(p, q); }),
            "matmul: batches do not broadcast: [2, 3, 4] x [3, 4, 5]\n"
            "  at  here, node \"matmul\"\n"
            "  a   \"p\"  float32 [2, 3, 4]\n"
            "  b   \"q\"  float32 [3, 4, 5]");
}

TEST_F(WrongLinearAlgebra, a_batch_unknown_until_the_run_broadcasts_in_it) {
  const Tensor p = g.placeholder("p", {any_size, 1, 2}), q = g.placeholder("q", {any_size, 2, 1});
  EXPECT_EQ(value(matmul(p, q), {{p, Array({{{1, 2}}})}, {q, Array({{{1}, {1}}, {{2}, {3}}})}}),
            Array({{{3}}, {{8}}}));
}

TEST_F(WrongLinearAlgebra, norm_refuses_other_orders) {
  EXPECT_EQ(refusal<GraphError>([&] { norm(m, 3); }),
            "norm: order must be 1 or 2, got 3\n  at  here");
}

}  // namespace
}  // namespace gradus
