// The exercises of lesson 9. Fill the gaps, and run: scripts/lesson 9
#include <gradus/gradus.h>

#include "to_do.h"

namespace lesson {

using namespace gradus;

// The rate from which on gradient descent no longer comes nearer to the lowest point of
// f = curvature / 2 x^2.
double largest_rate(double curvature) {
  to_do(curvature);  // your code in place of this line
}

// A node that does one step with momentum when it is run:
//   velocity <- momentum velocity - rate dw,   w <- w + velocity, the new one.
Tensor momentum_step(const Tensor& loss, const Variable& w, const Variable& velocity, double rate,
                     double momentum) {
  to_do(loss, w, velocity, rate, momentum);  // your code in place of this line
}

}  // namespace lesson
