#include <gradus/conv2d.h>

#include <utility>

#include <gradus/at.h>
#include <gradus/ops.h>

#include "check_size.h"

namespace gradus::layers {
namespace {

enum class Way : std::uint8_t { forwards, transposed };

Shape filter_shape(std::string_view layer, std::int64_t channels, std::int64_t filters,
                   Size2D kernel, Way way, SourceLocation where) {
  checked_size(layer, "channels", channels, where);
  checked_size(layer, "filters", filters, where);
  checked_size(layer, "the kernel's height", kernel.height(), where);
  checked_size(layer, "the kernel's width", kernel.width(), where);
  if (way == Way::transposed) std::swap(channels, filters);
  return Shape({kernel.height(), kernel.width(), channels, filters}, where);
}

ConvolutionOptions convolution(const Conv2DOptions& options) {
  return {.strides = options.strides, .padding = options.padding, .dilations = options.dilations};
}

}  // namespace

ConvolutionLayer::ConvolutionLayer(const Parent& parent, const std::string& usual_name,
                                   const Shape& filter, std::int64_t filters,
                                   const Conv2DOptions& options, SourceLocation where)
    : Module(parent, options.name.empty() ? usual_name : options.name, where), options_(options) {
  W_ = variable("W", options.kernel_initializer(filter, Layout::inputs_units), where);
  if (options.use_bias) b_ = variable("b", options.bias_initializer({filters}), where);
}

Tensor ConvolutionLayer::activated(const Tensor& y) const {
  return options_.activation(b_ ? y + b_ : y);
}

Conv2D::Conv2D(const Parent& parent, std::int64_t channels, std::int64_t filters,
               Size2D kernel_size, const Conv2DOptions& options, SourceLocation where)
    : ConvolutionLayer(parent, "conv2d",
                       filter_shape("Conv2D", channels, filters, kernel_size, Way::forwards, where),
                       filters, options, where) {}

Tensor Conv2D::operator()(Operand x) const {
  const At here(x);
  const NameScope scope = enter();
  return activated(conv2d(x, W_, convolution(options_)));
}

Conv2DTranspose::Conv2DTranspose(const Parent& parent, std::int64_t channels, std::int64_t filters,
                                 Size2D kernel_size, const Conv2DOptions& options,
                                 SourceLocation where)
    : ConvolutionLayer(
          parent, "conv2d_transpose",
          filter_shape("Conv2DTranspose", channels, filters, kernel_size, Way::transposed, where),
          filters, options, where) {}

Tensor Conv2DTranspose::operator()(Operand x) const {
  const At here(x);
  const NameScope scope = enter();
  return activated(conv2d_transpose(x, W_, convolution(options_)));
}

Tensor MaxPool2D::operator()(Operand x) const { return max_pool2d(x, options_); }
Tensor AveragePool2D::operator()(Operand x) const { return average_pool2d(x, options_); }

}  // namespace gradus::layers
