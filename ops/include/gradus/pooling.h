// Windows of images [batch, height, width, channels] reduced to one number per channel; float32 and
// float64.
//
//   Tensor h = max_pool2d(x);      // half as high and wide
#pragma once

#include <cstdint>
#include <vector>

#include <gradus/padding.h>
#include <gradus/tensor.h>

namespace gradus {

// Down and to the right. Explicit padding is smaller than the window.
struct PoolOptions {
  std::vector<std::int64_t> window = {2, 2};
  std::vector<std::int64_t> strides = {2, 2};
  Padding padding = Padding::valid;
  std::vector<std::int64_t> dilations = {1, 1};
};

// The largest element of each window, NaN if any is. The gradient goes to the first largest.
Tensor max_pool2d(Operand x, const PoolOptions& options = {});
// The mean of those elements of each window that lie inside of the image.
Tensor average_pool2d(Operand x, const PoolOptions& options = {});

// For gradients: the elements of values, of x's shape, where x is largest in its window; ...
Tensor max_pool2d_pick(Operand values, Operand x, const PoolOptions& options = {});
// ... dy added up where x is largest, 0 elsewhere; ...
Tensor max_pool2d_grad(Operand dy, Operand x, const PoolOptions& options = {});
// ... and dy shared among the elements of each window, in the shape of model.
Tensor average_pool2d_grad(Operand dy, Operand model, const PoolOptions& options = {});

}  // namespace gradus
