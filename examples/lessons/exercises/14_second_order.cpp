// The exercises of lesson 14. Fill the gaps, and run: scripts/lesson 14
#include <gradus/gradus.h>

#include "to_do.h"

namespace lesson {

using namespace gradus;

// A node that does one step of Newton's method when it is run; w is [n]. With gradient(),
// jacobian(), solve() and assign().
Tensor newton_step(const Tensor& loss, const Variable& w) {
  to_do(loss, w);  // your code in place of this line
}

// How curved the loss is along the direction v, [n]: v^T H v / v^T v. Without the table H.
Tensor curvature_along(const Tensor& loss, const Variable& w, const Tensor& v) {
  to_do(loss, w, v);  // your code in place of this line
}

}  // namespace lesson
