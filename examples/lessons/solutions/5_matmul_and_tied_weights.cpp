#include <vector>

#include <gradus/gradus.h>

namespace lesson {

using namespace gradus;

// With B = W^T: dx = dy B^T = dy W, and dB = x^T dy, of which dW is the transpose.
std::vector<Tensor> layer_gradients(const Tensor& x, const Tensor& W, const Tensor& dy) {
  return {matmul(dy, W), matmul(dy, x, {.transpose_a = true})};
}

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

}  // namespace lesson
