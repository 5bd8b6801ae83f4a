#include <functional>

#include <gradus/gradus.h>

namespace lesson {

using namespace gradus;

Tensor jvp_by_step(const std::function<Tensor(const Tensor&)>& f, const Tensor& x, const Tensor& v,
                   double step) {
  return (f(x + step * v) - f(x - step * v)) / (2 * step);
}

// Of element j: u[j] p[j] - sum over i of u[i] p[i] p[j].
Tensor softmax_vjp(const Tensor& p, const Tensor& u) { return p * (u - reduce_sum(p * u)); }

}  // namespace lesson
