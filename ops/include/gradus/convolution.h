// Convolutions of images [batch, height, width, channels] with filters [height, width, channels
// in, channels out]; float32 and float64.
//
//   Tensor h = conv2d(x, filter, {.strides = {2, 2}, .padding = Padding::same});
#pragma once

#include <cstdint>
#include <vector>

#include <gradus/padding.h>
#include <gradus/tensor.h>

namespace gradus {

// Down and to the right.
struct ConvolutionOptions {
  std::vector<std::int64_t> strides = {1, 1};
  Padding padding = Padding::valid;
  std::vector<std::int64_t> dilations = {1, 1};
};

// y[b, i, j, o] = sum over k, l, c of x[b, i s - p + k d, j s - p + l d, c] filter[k, l, c, o], for
// strides s, dilations d and p elements of padding before; x is 0 outside of the image.
Tensor conv2d(Operand x, Operand filter, const ConvolutionOptions& options = {});

// What conv2d does to a gradient: each element of x adds itself times the filter [height, width,
// channels out, channels in] to the image. Of n elements it makes (n - 1) s + (k - 1) d + 1 (valid,
// at least n s), n s (same), or that less the padding.
Tensor conv2d_transpose(Operand x, Operand filter, const ConvolutionOptions& options = {});

// The gradients of conv2d for dy: to its image, in the shape of model, and to its filter.
Tensor conv2d_input_grad(Operand dy, Operand filter, Operand model,
                         const ConvolutionOptions& options = {});
Tensor conv2d_filter_grad(Operand dy, Operand x, Operand model,
                          const ConvolutionOptions& options = {});

}  // namespace gradus
