#include <gradus/gradus.h>

namespace lesson {

using namespace gradus;

Tensor newton_step(const Tensor& loss, const Variable& w) {
  const Tensor dw = gradient(loss, w);
  return assign(w, w - solve(jacobian(dw, w), dw));
}

Tensor curvature_along(const Tensor& loss, const Variable& w, const Tensor& v) {
  return reduce_sum(v * hvp(loss, {w}, {v})[0]) / reduce_sum(v * v);
}

}  // namespace lesson
