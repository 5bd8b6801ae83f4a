#include <cstdint>
#include <vector>

#include <gradus/gradus.h>

namespace lesson {

using namespace gradus;

std::int64_t values_kept(std::int64_t layers, std::int64_t length) {
  return layers / length + length;
}

std::vector<Tensor> gradients_again(const Tensor& x, const Tensor& W, const Tensor& dy) {
  const Tensor y = tanh(matmul(x, W));
  const Tensor dz = dy * (1 - square(y));
  return {matmul(dz, W, {.transpose_b = true}), matmul(x, dz, {.transpose_a = true})};
}

}  // namespace lesson
