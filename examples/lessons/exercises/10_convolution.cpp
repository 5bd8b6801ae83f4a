// The exercises of lesson 10. Fill the gaps, and run: scripts/lesson 10
#include <cstdint>
#include <vector>

#include <gradus/gradus.h>

#include "to_do.h"

namespace lesson {

using namespace gradus;

// How many places a filter of k elements has in a line of n, if it moves on by `stride` each time.
std::int64_t places(std::int64_t n, std::int64_t k, std::int64_t stride) {
  to_do(n, k, stride);  // your code in place of this line
}

// y[i] = x[i] w0 + x[i + 1] w1, [n - 1], for x [n] and numbers w0, w1. Without conv2d(): two parts
// of x are enough. slice(x, {{.start = 1}}) is x without its first element, {{.stop = -1}} without
// its last.
Tensor pairs(const Tensor& x, const Tensor& w0, const Tensor& w1) {
  to_do(x, w0, w1);  // your code in place of this line
}

// The gradients of w0 and w1, in this order, from that of y = pairs(x, w0, w1). Without
// gradients().
std::vector<Tensor> filter_gradients(const Tensor& x, const Tensor& dy) {
  to_do(x, dy);  // your code in place of this line
}

}  // namespace lesson
