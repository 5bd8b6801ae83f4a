// The exercises of lesson 1. Fill the gaps, and run: scripts/lesson 1
#include <gradus/gradus.h>

#include "to_do.h"

namespace lesson {

using namespace gradus;

// The table of all products a[i] b[j], [m, n], of the vectors a, [m], and b, [n]. With reshape(x,
// {rows, columns}), where one size may be any_size, and one multiplication by element.
Tensor products(const Tensor& a, const Tensor& b) {
  to_do(a, b);  // your code in place of this line
}

// x - mean, where each row of x, [rows, columns], loses its own mean.
Tensor centered(const Tensor& x) {
  to_do(x);  // your code in place of this line
}

}  // namespace lesson
