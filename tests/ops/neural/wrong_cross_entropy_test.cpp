#include "ops/wrong_input.h"

#include <gtest/gtest.h>

namespace gradus {
namespace {

using WrongCrossEntropy = WrongInput;

TEST_F(WrongCrossEntropy, softmax_refuses_axes_out_of_range) {
  EXPECT_EQ(refusal<ShapeError>([&] { softmax(s); }),
            "softmax: axis -1 of a scalar\n"
            "  at  here, node \"softmax\"\n"
            "  x   \"s\"  float32 []");
  EXPECT_EQ(refusal<ShapeError>([&] { log_softmax(m, 2); }),
            "log_softmax: axis 2 is out of range for rank 2: -2 to 1 are possible\n"
            "  at  here, node \"log_softmax\"\n"
            "  x   \"m\"  float32 [2, 3]");
}

TEST_F(WrongCrossEntropy, softmax_refuses_integers) {
  EXPECT_EQ(refusal<DTypeError>([&] { softmax(i); }),
            "softmax: needs float32 or float64, got int32\n"
            "  at  here, node \"softmax\"\n"
            "  x   \"i\"  int32 [2, 3]");
}

TEST_F(WrongCrossEntropy, labels_must_fit_the_logits) {
  EXPECT_EQ(refusal<ShapeError>([&] { softmax_cross_entropy_with_logits(n, m); }),
            "softmax_cross_entropy_with_logits: labels [4, 5] do not fit logits [2, 3]\n"
            "  at  here, node \"softmax_cross_entropy_with_logits\"\n"
            "  labels   \"n\"  float32 [4, 5]\n"
            "  logits   \"m\"  float32 [2, 3]");
  EXPECT_EQ(refusal<ShapeError>([&] { sparse_softmax_cross_entropy_with_logits(i, m); }),
            "sparse_softmax_cross_entropy_with_logits: labels [2, 3] do not fit rows [2]\n"
            "  at  here, node \"sparse_softmax_cross_entropy_with_logits\"\n"
            "  labels   \"i\"  int32 [2, 3]\n"
            "  logits   \"m\"  float32 [2, 3]");
  EXPECT_EQ(refusal<ShapeError>([&] { softmax_cross_entropy_with_logits(s, s); }),
            "softmax_cross_entropy_with_logits: logits need an axis of classes, got a scalar\n"
            "  at  here, node \"softmax_cross_entropy_with_logits\"\n"
            "  labels   \"s\"  float32 []\n"
            "  logits   \"s\"  float32 []");
}

TEST_F(WrongCrossEntropy, dtypes_must_be_those_of_labels_and_logits) {
  EXPECT_EQ(refusal<DTypeError>([&] { sparse_softmax_cross_entropy_with_logits(m, m); }),
            "sparse_softmax_cross_entropy_with_logits: labels must be int32 or int64, got float32\n"
            "  at  here, node \"sparse_softmax_cross_entropy_with_logits\"\n"
            "  labels   \"m\"  float32 [2, 3]\n"
            "  logits   \"m\"  float32 [2, 3]");
  EXPECT_EQ(refusal<DTypeError>([&] { softmax_cross_entropy_with_logits(d, m); }),
            "softmax_cross_entropy_with_logits: dtypes differ: float64 and float32\n"
            "  at  here, node \"softmax_cross_entropy_with_logits\"\n"
            "  labels   \"d\"  float64 [2, 3]\n"
            "  logits   \"m\"  float32 [2, 3]");
}

TEST_F(WrongCrossEntropy, unknown_dimensions_of_labels_are_checked_in_the_run) {
  const Tensor k = g.placeholder("k", {any_size}, int32);
  const Tensor y = sparse_softmax_cross_entropy_with_logits(k, x);
  EXPECT_EQ(y.shape(), (Shape{any_size}));
  EXPECT_EQ(sparse_softmax_cross_entropy_with_logits(k, m).shape(), (Shape{2}));
  EXPECT_EQ(refusal<ShapeError>([&] {
              value(y, {{k, Array::zeros({3}, int32)}, {x, Array::zeros({2, 784})}});
            }),
            "sparse_softmax_cross_entropy_with_logits: labels [3] do not fit rows [2]\n  at  " +
                to_text(y.where()) +
                ", node \"sparse_softmax_cross_entropy_with_logits\"\n"
                "  labels   \"k\"  int32 [3]\n"
                "  logits   \"x\"  float32 [2, 784]");
}

}  // namespace
}  // namespace gradus
