// The exercises of lesson 13. Fill the gaps, and run: scripts/lesson 13
#include <functional>

#include <gradus/gradus.h>

#include "to_do.h"

namespace lesson {

using namespace gradus;

// J v of f at x by a small step to both sides, where x moves along v.
Tensor jvp_by_step(const std::function<Tensor(const Tensor&)>& f, const Tensor& x, const Tensor& v,
                   double step) {
  to_do(f, x, v, step);  // your code in place of this line
}

// u J of softmax, where p = softmax(x) is known; p and u are [classes]. The slope of p[i] in x[j]
// is p[i] (1 - p[i]) for i = j, and -p[i] p[j] else. Without the table of all slopes.
Tensor softmax_vjp(const Tensor& p, const Tensor& u) {
  to_do(p, u);  // your code in place of this line
}

}  // namespace lesson
