// The exercises of lesson 5. Fill the gaps, and run: scripts/lesson 5
#include <vector>

#include <gradus/gradus.h>

#include "to_do.h"

namespace lesson {

using namespace gradus;

// dx and dW, in this order, of y = x W^T. x is [rows, inputs], W is [units, inputs], dy is
// [rows, units]. Without gradients().
std::vector<Tensor> layer_gradients(const Tensor& x, const Tensor& W, const Tensor& dy) {
  to_do(x, W, dy);  // your code in place of this line
}

// dW of the loss reduce_sum(square(x_tilde - x)), where x_tilde = (x W^T) W. x is [rows, inputs],
// W is [units, inputs]. Without gradients().
Tensor tied_gradient(const Tensor& x, const Tensor& W) {
  to_do(x, W);  // your code in place of this line
}

}  // namespace lesson
