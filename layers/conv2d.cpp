#include <gradus/conv2d.h>

#include <gradus/at.h>
#include <gradus/ops.h>

#include "check_size.h"

namespace gradus {
namespace {

Shape filter_shape(std::string_view layer, std::int64_t channels, std::int64_t filters,
                   Size2D kernel, bool is_transposed, SourceLocation where) {
  checked_size(layer, "channels", channels, where);
  checked_size(layer, "filters", filters, where);
  checked_size(layer, "the kernel's height", kernel.height(), where);
  checked_size(layer, "the kernel's width", kernel.width(), where);
  if (is_transposed) std::swap(channels, filters);
  return Shape({kernel.height(), kernel.width(), channels, filters}, where);
}

std::string name_of(const Conv2DOptions& options, std::string_view usual) {
  return options.name.empty() ? std::string(usual) : options.name;
}

ConvolutionOptions convolution(const Conv2DOptions& options) {
  return {.strides = options.strides, .padding = options.padding, .dilations = options.dilations};
}

PoolOptions pooling(Size2D window, const Pool2DOptions& options) {
  return {
      .window = window, .strides = options.strides.value_or(window), .padding = options.padding};
}

}  // namespace

Conv2D::Conv2D(const Parent& parent, std::int64_t channels, std::int64_t filters,
               Size2D kernel_size, const Conv2DOptions& options, SourceLocation where)
    : Module(parent, name_of(options, "conv2d"), where), options_(options) {
  const Shape shape = filter_shape("Conv2D", channels, filters, kernel_size, false, where);
  W_ = variable("W", options.kernel_initializer(shape, Layout::inputs_units), where);
  if (options.use_bias) b_ = variable("b", options.bias_initializer({filters}), where);
}

Tensor Conv2D::operator()(Operand x) const {
  const At here(x);
  const NameScope scope = enter();
  const Tensor y = conv2d(x, W_, convolution(options_));
  return options_.activation(b_ ? y + b_ : y);
}

Conv2DTranspose::Conv2DTranspose(const Parent& parent, std::int64_t channels, std::int64_t filters,
                                 Size2D kernel_size, const Conv2DOptions& options,
                                 SourceLocation where)
    : Module(parent, name_of(options, "conv2d_transpose"), where), options_(options) {
  const Shape shape = filter_shape("Conv2DTranspose", channels, filters, kernel_size, true, where);
  W_ = variable("W", options.kernel_initializer(shape, Layout::inputs_units), where);
  if (options.use_bias) b_ = variable("b", options.bias_initializer({filters}), where);
}

Tensor Conv2DTranspose::operator()(Operand x) const {
  const At here(x);
  const NameScope scope = enter();
  const Tensor y = conv2d_transpose(x, W_, convolution(options_));
  return options_.activation(b_ ? y + b_ : y);
}

Tensor MaxPool2D::operator()(Operand x) const { return max_pool2d(x, pooling(window_, options_)); }

Tensor AveragePool2D::operator()(Operand x) const {
  return average_pool2d(x, pooling(window_, options_));
}

}  // namespace gradus
