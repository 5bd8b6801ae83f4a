#include <gradus/gradus.h>

namespace lesson {

using namespace gradus;

// A step makes x to (1 - rate curvature) x, which is as far off where that is -1.
double largest_rate(double curvature) { return 2 / curvature; }

// In a run `velocity` is the old one: the new one is the tensor that is assigned.
Tensor momentum_step(const Tensor& loss, const Variable& w, const Variable& velocity, double rate,
                     double momentum) {
  const Tensor next = momentum * velocity - rate * gradient(loss, w);
  return group({assign(velocity, next), assign(w, w + next)});
}

}  // namespace lesson
