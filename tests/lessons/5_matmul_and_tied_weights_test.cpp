// The exercise of lesson 5: the gradient of a tied matrix, by hand.
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <gradus/gradus.h>

namespace gradus {
namespace {

using ::testing::FloatNear;
using ::testing::Pointwise;

// [exercise]
// dW of the loss reduce_sum(square(x_tilde - x)), where x_tilde = (x W^T) W. x is [rows, inputs],
// W is [units, inputs]. Without gradients().
Tensor tied_gradient(const Tensor& x, const Tensor& W);
// [exercise]

Tensor tied_gradient(const Tensor& x, const Tensor& W) {
  const Tensor code = matmul(x, W, {.transpose_b = true});
  const Tensor dx_tilde = 2 * (matmul(code, W) - x);
  const Tensor by_decoder = matmul(code, dx_tilde, {.transpose_a = true});  // dB = A^T dC
  const Tensor dcode = matmul(dx_tilde, W, {.transpose_b = true});          // dA = dC B^T
  // The encoder's operand is W^T, [inputs, units]: its gradient is x^T dcode, and W's the transpose
  // of that.
  const Tensor by_encoder = matmul(dcode, x, {.transpose_a = true});
  return by_decoder + by_encoder;
}

Tensor loss_of(const Tensor& x, const Tensor& W) {
  return reduce_sum(square(matmul(matmul(x, W, {.transpose_b = true}), W) - x));
}

TEST(MatmulAndTiedWeights, both_parts_make_the_gradient) {
  for (const std::int64_t units : {1, 2, 4}) {
    Graph g;
    const Tensor x = g.placeholder("x", {any_size, 3});
    const Variable W = g.variable("W", glorot_uniform({units, 3}));
    const std::vector<Array> d =
        Session(g, {.seed = 5})
            .run({gradient(loss_of(x, W), W), tied_gradient(x, W)},
                 {{x, Array({{1, 2, -1}, {0.5, -1, 2}, {0, 1, 1}, {-2, 0.25, 1}})}});
    ASSERT_EQ(d[0].shape(), d[1].shape());
    EXPECT_THAT(d[1].values<float>(), Pointwise(FloatNear(1e-4F), d[0].values<float>()));
  }
}

// Two axes are a plane through 0: of points on it nothing is lost, and nothing can be gained.
TEST(MatmulAndTiedWeights, on_the_plane_of_orthonormal_rows_it_is_zero) {
  Graph g;
  const Tensor x = g.constant({{1, 2, 0}, {-3, 4, 0}});
  const Tensor W = g.constant({{1, 0, 0}, {0, 1, 0}});
  EXPECT_EQ(Session(g).run(tied_gradient(x, W)), Array({{0, 0, 0}, {0, 0, 0}}));
}

}  // namespace
}  // namespace gradus
