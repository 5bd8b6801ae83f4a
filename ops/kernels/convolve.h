// The kernels of convolutions: products with the matrix of all windows, made in blocks.
#pragma once

#include <gradus/op/kernel_call.h>

#include "window.h"

namespace gradus {

// y [batch, results, out] from an image [batch, size, in] and a filter [window, in, out].
struct Convolution {
  Window window;
  std::int64_t batch = 0, in = 0, out = 0;

  std::int64_t rows() const { return batch * window[0].results * window[1].results; }
  std::int64_t depth() const { return window[0].window * window[1].window * in; }
};

// result = y, of inputs image and filter.
void convolve(const KernelCall& call, const Convolution& shape);
std::size_t convolve_scratch_bytes(const KernelCall& call, const Convolution& shape);

// result = the image's gradient, of inputs dy and filter.
void convolve_back(const KernelCall& call, const Convolution& shape);
std::size_t convolve_back_scratch_bytes(const KernelCall& call, const Convolution& shape);

// result = the filter's gradient, of inputs dy and image.
void correlate(const KernelCall& call, const Convolution& shape);
std::size_t correlate_scratch_bytes(const KernelCall& call, const Convolution& shape);

}  // namespace gradus
