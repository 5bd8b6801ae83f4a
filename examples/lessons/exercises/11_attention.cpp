// The exercises of lesson 11. Fill the gaps, and run: scripts/lesson 11
#include <cmath>

#include <gradus/gradus.h>

#include "to_do.h"

namespace lesson {

using namespace gradus;

// softmax(Q K^T / sqrt(size)) V. Q is [queries, size], K is [keys, size], V is [keys, columns]:
// Q.shape()[1] is `size`, an integer.
Tensor attention(const Tensor& Q, const Tensor& K, const Tensor& V) {
  to_do(Q, K, V);  // your code in place of this line
}

// The same for as many queries as keys, where query i looks at the keys 0 to i alone. `visible` is
// true where it may look, [queries, keys]. where(condition, a, b) takes a where the condition is
// true and b elsewhere; which score makes a weight of 0?
Tensor causal_attention(const Tensor& Q, const Tensor& K, const Tensor& V, const Tensor& visible) {
  to_do(Q, K, V, visible);  // your code in place of this line
}

}  // namespace lesson
