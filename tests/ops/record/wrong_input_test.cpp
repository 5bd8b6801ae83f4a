#include "ops/wrong_input.h"

#include <gtest/gtest.h>

#include <limits>

namespace gradus {
namespace {

TEST_F(WrongInput, matmul_refuses_inner_sizes_that_differ) {
  const Variable w = g.variable("W", Array::zeros({512, 256}));
  EXPECT_EQ(refusal<ShapeError>([&] { matmul(x, w); }),
            "matmul: inner dimensions differ: [?, 784] x [512, 256]  (784 and 512)\n"
            "  at  here, node \"matmul\"\n"
            "  a   \"x\"  float32 [?, 784]\n"
            "  b   \"W\"  float32 [512, 256]");
  EXPECT_EQ(refusal<ShapeError>([&] { matmul(m, m, {.transpose_a = true, .transpose_b = true}); }),
            "matmul: inner dimensions differ: [2, 3]^T x [2, 3]^T  (2 and 3)\n"
            "  at  here, node \"matmul\"\n"
            "  a   \"m\"  float32 [2, 3]\n"
            "  b   \"m\"  float32 [2, 3]");
}

TEST_F(WrongInput, matmul_refuses_what_is_no_matrix) {
  EXPECT_EQ(refusal<ShapeError>([&] { matmul(m, s); }),
            "matmul: operands must be matrices: [2, 3] x []\n"
            "  at  here, node \"matmul\"\n"
            "  a   \"m\"  float32 [2, 3]\n"
            "  b   \"s\"  float32 []");
  EXPECT_EQ(refusal<GraphError>([&] {
              matmul(g.constant({1, 2}), m, {.transpose_a = true});
            }),
            "matmul: a vector has no transpose\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] {
              matmul(g.constant({1}), g.constant({1, 2}), {.transpose_b = true});
            }),
            "matmul: a vector has no transpose\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { matmul(m, 2); }),
            "matmul: operands must be matrices: [2, 3] x []\n"
            "  at  here, node \"matmul\"\n"
            "  a   \"m\"  float32 [2, 3]\n"
            "  b   2    float32 []");
}

TEST_F(WrongInput, shapes_that_do_not_broadcast_are_refused_and_add_no_node) {
  EXPECT_EQ(refusal<ShapeError>([&] { m + n; }),
            "add: shapes do not broadcast: [2, 3] and [4, 5]\n"
            "  at  here, node \"add\"\n"
            "  a   \"m\"  float32 [2, 3]\n"
            "  b   \"n\"  float32 [4, 5]");
  EXPECT_EQ(refusal<ShapeError>([&] { where(c, m, n); }),
            "where: shapes do not broadcast: [2, 3] and [4, 5]\n"
            "  at  here, node \"where\"\n"
            "  condition   \"c\"  bool [2, 3]\n"
            "  a           \"m\"  float32 [2, 3]\n"
            "  b           \"n\"  float32 [4, 5]");
  EXPECT_EQ(g.node_count(), nodes);
}

TEST_F(WrongInput, axes_out_of_range_are_refused) {
  const std::string tail = "\n  at  here, node \"reduce_sum\"\n  x   \"m\"  float32 [2, 3]";
  EXPECT_EQ(refusal<ShapeError>([&] { reduce_sum(m, 2); }),
            "reduce_sum: axis 2 is out of range for rank 2: -2 to 1 are possible" + tail);
  EXPECT_EQ(refusal<ShapeError>([&] { reduce_sum(m, -3); }),
            "reduce_sum: axis -3 is out of range for rank 2: -2 to 1 are possible" + tail);
  EXPECT_EQ(
      refusal<ShapeError>([&] { reduce_sum(m, std::numeric_limits<std::int64_t>::min()); }),
      "reduce_sum: axis -9223372036854775808 is out of range for rank 2: -2 to 1 are possible" +
          tail);
  EXPECT_EQ(refusal<ShapeError>([&] { reduce_max(s, 0); }),
            "reduce_max: axis 0 of a scalar\n"
            "  at  here, node \"reduce_max\"\n"
            "  x   \"s\"  float32 []");
  EXPECT_EQ(refusal<ShapeError>([&] { argmax(s); }),
            "argmax: axis 0 of a scalar\n"
            "  at  here, node \"argmax\"\n"
            "  x   \"s\"  float32 []");
}

TEST_F(WrongInput, doubled_axes_are_refused) {
  EXPECT_EQ(refusal<ShapeError>([&] {
              reduce_sum(m, {0, -2});
            }),
            "reduce_sum: axis 0 stands twice in [0, -2]\n"
            "  at  here, node \"reduce_sum\"\n"
            "  x   \"m\"  float32 [2, 3]");
}

TEST_F(WrongInput, what_is_no_permutation_is_refused) {
  const std::string tail = "\n  at  here, node \"transpose\"\n  x   \"m\"  float32 [2, 3]";
  EXPECT_EQ(refusal<ShapeError>([&] { transpose(m, {0}); }),
            "transpose: [0] is no permutation of the axes of [2, 3]" + tail);
  EXPECT_EQ(refusal<ShapeError>([&] {
              transpose(m, {1, 1});
            }),
            "transpose: [1, 1] is no permutation of the axes of [2, 3]" + tail);
  EXPECT_EQ(refusal<ShapeError>([&] {
              transpose(m, {0, -1});
            }),
            "transpose: [0, -1] is no permutation of the axes of [2, 3]" + tail);
  EXPECT_EQ(refusal<ShapeError>([&] {
              transpose(m, {0, 1, 2});
            }),
            "transpose: [0, 1, 2] is no permutation of the axes of [2, 3]" + tail);
}

TEST_F(WrongInput, reshape_refuses_another_number_of_elements) {
  const std::string tail = "\n  at  here, node \"reshape\"\n  x   \"m\"  float32 [2, 3]";
  EXPECT_EQ(refusal<ShapeError>([&] { reshape(m, {4}); }),
            "reshape: [2, 3] cannot become [4]: 6 and 4 elements" + tail);
  EXPECT_EQ(refusal<ShapeError>([&] {
              reshape(m, {-1, 4});
            }),
            "reshape: [2, 3] cannot become [?, 4]: 6 elements are no multiple of 4" + tail);
  EXPECT_EQ(refusal<ShapeError>([&] {
              reshape(m, {-1, -1});
            }),
            "reshape: [2, 3] cannot become [?, ?]: two dimensions are -1" + tail);
  EXPECT_EQ(refusal<ShapeError>([&] {
              reshape(m, {-1, 0});
            }),
            "reshape: [2, 3] cannot become [?, 0]: -1 beside a 0 can be anything" + tail);
  EXPECT_EQ(refusal<ShapeError>([&] { reshape(m, {-2}); }),
            "shape: dimension -2 is negative: [-2]\n  at  here");
}

TEST_F(WrongInput, results_of_more_than_2_to_the_60_elements_are_refused_at_the_users_line) {
  constexpr std::int64_t huge = std::int64_t{1} << 40;
  const Tensor tall = g.placeholder("tall", {huge, 1}), wide = g.placeholder("wide", {1, huge});
  const std::string tail =
      "\n  a   \"tall\"  float32 [1099511627776, 1]"
      "\n  b   \"wide\"  float32 [1, 1099511627776]";
  EXPECT_EQ(refusal<ShapeError>([&] { matmul(tall, wide); }),
            "matmul: the result has more than 2^60 elements\n  at  here, node \"matmul\"" + tail);
  EXPECT_EQ(refusal<ShapeError>([&] { tall + wide; }),
            "add: the result has more than 2^60 elements\n  at  here, node \"add\"" + tail);
}

TEST_F(WrongInput, like_ops_refuse_models_that_do_not_fit) {
  EXPECT_EQ(refusal<ShapeError>([&] { broadcast_like(m, n); }),
            "broadcast_like: shapes do not broadcast: [2, 3] and [4, 5]\n"
            "  at  here, node \"broadcast_like\"\n"
            "  x       \"m\"  float32 [2, 3]\n"
            "  model   \"n\"  float32 [4, 5]");
  const Tensor row = g.placeholder("row", {1, 3});
  EXPECT_EQ(refusal<ShapeError>([&] { sum_like(row, m); }),
            "sum_like: [1, 3] was not broadcast from [2, 3]\n"
            "  at  here, node \"sum_like\"\n"
            "  x       \"row\"  float32 [1, 3]\n"
            "  model   \"m\"    float32 [2, 3]");
  EXPECT_EQ(refusal<ShapeError>([&] { sum_like(s, m); }),
            "sum_like: [] was not broadcast from [2, 3]\n"
            "  at  here, node \"sum_like\"\n"
            "  x       \"s\"  float32 []\n"
            "  model   \"m\"  float32 [2, 3]");
  EXPECT_EQ(refusal<ShapeError>([&] { reshape_like(m, n); }),
            "reshape_like: [2, 3] cannot become [4, 5]: 6 and 20 elements\n"
            "  at  here, node \"reshape_like\"\n"
            "  x       \"m\"  float32 [2, 3]\n"
            "  model   \"n\"  float32 [4, 5]");
  EXPECT_EQ(refusal<ShapeError>([&] { expand_like(m, n, 0, false); }),
            "expand_like: [2, 3] is not [4, 5] reduced over axes [0]\n"
            "  at  here, node \"expand_like\"\n"
            "  x       \"m\"  float32 [2, 3]\n"
            "  model   \"n\"  float32 [4, 5]");
}

// 1e300 is infinite, and 1e-300 is 0, as a float32.
TEST_F(WrongInput, alphas_are_finite_in_the_dtype_of_their_operand) {
  const std::string tail = "\n  at  here, node \"elu\"\n  x   \"m\"  float32 [2, 3]";
  for (const auto& [alpha, text] :
       {std::pair{-1.0, "-1"}, {std::nan(""), "nan"}, {HUGE_VAL, "inf"}, {1e300, "1e+300"}})
    EXPECT_EQ(
        refusal<GraphError>([&, a = alpha] { elu(m, a); }),
        std::string("elu: alpha must be finite and 0 or more in float32, got ") + text + tail);
  EXPECT_EQ(refusal<GraphError>([&] { leaky_relu(m, -HUGE_VAL); }),
            "leaky_relu: alpha must be finite in float32, got -inf\n"
            "  at  here, node \"leaky_relu\"\n"
            "  x   \"m\"  float32 [2, 3]");
  EXPECT_EQ(refusal<GraphError>([&] { elu_grad(d, d, HUGE_VAL); }),
            "elu_grad: alpha must be finite and 0 or more in float64, got inf\n"
            "  at  here, node \"elu_grad\"\n"
            "  dy   \"d\"  float64 [2, 3]\n"
            "  y    \"d\"  float64 [2, 3]");
  EXPECT_EQ(elu(d, 1e300).shape(), d.shape());
  EXPECT_EQ(leaky_relu(m, -2).shape(), m.shape());
}

TEST_F(WrongInput, there_is_no_largest_element_along_an_empty_axis) {
  const Tensor none = g.placeholder("none", {2, 0});
  EXPECT_EQ(refusal<ShapeError>([&] { reduce_max(none); }),
            "reduce_max: there is no largest element along an axis of size 0: [2, 0]\n"
            "  at  here, node \"reduce_max\"\n"
            "  x   \"none\"  float32 [2, 0]");
  EXPECT_EQ(refusal<ShapeError>([&] { argmax(none, 1); }),
            "argmax: there is no largest element along an axis of size 0: [2, 0]\n"
            "  at  here, node \"argmax\"\n"
            "  x   \"none\"  float32 [2, 0]");
  EXPECT_EQ(reduce_max(none, 0).shape(), (Shape{0}));
}

TEST_F(WrongInput, only_variables_are_assigned_and_only_what_fits) {
  const Variable w = g.variable("w", Array({1, 2}));
  EXPECT_EQ(refusal<GraphError>([&] {
              assign(g.constant({1, 2}), w);
            }),
            "assign: \"constant\" is a constant, not a variable\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { assign(m, m); }),
            "assign: \"m\" is a placeholder, not a variable\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { assign(1, w); }),
            "assign: a number is no variable\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { assign(w, m); }),
            "assign: shapes differ: the variable has [2], the value [2, 3]\n"
            "  at  here, node \"assign\"\n"
            "  variable   \"w\"  float32 [2]\n"
            "  value      \"m\"  float32 [2, 3]");
  EXPECT_EQ(refusal<DTypeError>([&] { assign(w, i); }),
            "assign: dtypes differ: the variable has float32, the value int32\n"
            "  at  here, node \"assign\"\n"
            "  variable   \"w\"  float32 [2]\n"
            "  value      \"i\"  int32 [2, 3]");
}

TEST_F(WrongInput, in_a_scope_names_the_node_with_its_scope) {
  const NameScope scope = g.scope("encoder");
  const Tensor ok = matmul(m, m, {.transpose_b = true});
  EXPECT_EQ(refusal<ShapeError>([&] { matmul(m, n); }),
            "matmul: inner dimensions differ: [2, 3] x [4, 5]  (3 and 4)\n"
            "  at  here, node \"encoder/matmul_1\"\n"
            "  a   \"m\"  float32 [2, 3]\n"
            "  b   \"n\"  float32 [4, 5]");
  EXPECT_EQ(matmul(m, ok, {.transpose_a = true}).name(), "encoder/matmul_1");
}

}  // namespace
}  // namespace gradus
