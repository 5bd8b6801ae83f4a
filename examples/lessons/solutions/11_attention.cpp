#include <cmath>
#include <limits>

#include <gradus/gradus.h>

namespace lesson {

using namespace gradus;

namespace {

Tensor scores(const Tensor& Q, const Tensor& K) {
  return matmul(Q, K, {.transpose_b = true}) / std::sqrt(static_cast<double>(Q.shape()[1]));
}

}  // namespace

Tensor attention(const Tensor& Q, const Tensor& K, const Tensor& V) {
  return matmul(softmax(scores(Q, K)), V);
}

// e^-inf is 0.
Tensor causal_attention(const Tensor& Q, const Tensor& K, const Tensor& V, const Tensor& visible) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return matmul(softmax(where(visible, scores(Q, K), -infinity)), V);
}

}  // namespace lesson
