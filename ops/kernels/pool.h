// The kernels of pools, and the windows that they move over images.
#pragma once

#include <gradus/op/kernel_call.h>

#include "window.h"

namespace gradus {

// Images [batch, size, channels] under windows.
struct Pool {
  Window over;
  std::int64_t batch = 0, channels = 0;

  std::int64_t rows() const { return batch * over[0].results; }
  Shape result() const { return {batch, over[0].results, over[1].results, channels}; }
};
// From the node's attributes; refuses what max_pool2d refuses.
Pool pool_of(const Call& f, const Shape& x);

// Inputs x; values and x; dy and x; x; dy and model.
void find_largest(const KernelCall& call);
void pick_largest(const KernelCall& call);
void add_to_largest(const KernelCall& call);
void find_means(const KernelCall& call);
void share_means(const KernelCall& call);

}  // namespace gradus
