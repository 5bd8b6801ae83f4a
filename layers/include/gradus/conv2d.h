// Layers of images [batch, height, width, channels]: convolutions and pooling.
//
//   layers::Conv2D conv(g, 1, 32, 3, {.activation = "relu"});     // 32 filters of 3 x 3
//   layers::MaxPool2D pool;                               // half as high and wide
//   Tensor h = pool(conv(images));
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gradus/activation.h>
#include <gradus/module.h>
#include <gradus/padding.h>
#include <gradus/pooling.h>
#include <gradus/weight_initializer.h>

namespace gradus::layers {

// Down and to the right; one number is both.
class Size2D {
 public:
  Size2D(std::int64_t both) : Size2D(both, both) {}
  Size2D(std::int64_t height, std::int64_t width) : height_(height), width_(width) {}

  std::int64_t height() const { return height_; }
  std::int64_t width() const { return width_; }
  operator std::vector<std::int64_t>() const { return {height_, width_}; }

 private:
  std::int64_t height_, width_;
};

struct Conv2DOptions {
  std::string name{};  // "conv2d", "conv2d_transpose"
  Activation activation = "linear";
  Size2D strides = 1;
  Padding padding = Padding::valid;
  Size2D dilations = 1;
  bool use_bias = true;
  WeightInitializer kernel_initializer = "glorot_uniform";
  WeightInitializer bias_initializer = "zeros";
};

// What the two have in common.
class ConvolutionLayer : public Module {
 public:
  const Variable& W() const { return W_; }
  // An empty Variable without bias.
  const Variable& b() const { return b_; }

 protected:
  ConvolutionLayer(const Parent& parent, const std::string& usual_name, const Shape& filter,
                   std::int64_t filters, const Conv2DOptions& options, SourceLocation where);

  // activation(y + b).
  Tensor activated(const Tensor& y) const;

  Conv2DOptions options_;
  Variable W_, b_;
};

// activation(conv2d(x, W) + b) for x [batch, height, width, channels]; W is [kernel's height, its
// width, channels, filters], b [filters]. See conv2d() for sizes.
class Conv2D : public ConvolutionLayer {
 public:
  // GraphError unless channels, filters and the kernel's sizes are 1 or more.
  Conv2D(const Parent& parent, std::int64_t channels, std::int64_t filters, Size2D kernel_size,
         const Conv2DOptions& options = {}, SourceLocation where = SourceLocation::current());

  Tensor operator()(Operand x) const;
};

// The other way round: strides make the image larger. W is [kernel's height, its width, filters,
// channels], as in Keras. See conv2d_transpose() for sizes.
class Conv2DTranspose : public ConvolutionLayer {
 public:
  Conv2DTranspose(const Parent& parent, std::int64_t channels, std::int64_t filters,
                  Size2D kernel_size, const Conv2DOptions& options = {},
                  SourceLocation where = SourceLocation::current());

  Tensor operator()(Operand x) const;
};

struct Pool2DOptions {
  std::optional<Size2D> strides = {};  // as the window, if nothing is said
  Padding padding = Padding::valid;
};

class PoolLayer {
 public:
  explicit PoolLayer(Size2D pool_size = 2, const Pool2DOptions& options = {})
      : options_{.window = pool_size,
                 .strides = options.strides.value_or(pool_size),
                 .padding = options.padding} {}

 protected:
  PoolOptions options_;
};

// The largest element of each window.
class MaxPool2D : public PoolLayer {
 public:
  using PoolLayer::PoolLayer;
  Tensor operator()(Operand x) const;
};

// The mean of each window.
class AveragePool2D : public PoolLayer {
 public:
  using PoolLayer::PoolLayer;
  Tensor operator()(Operand x) const;
};

}  // namespace gradus::layers
