#include <gradus/convolution.h>

#include <fmt/format.h>

#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>

#include "ops/kernels/convolve.h"

namespace gradus {
namespace {

using attributes::dilations;
using attributes::padding;
using attributes::pads;
using attributes::strides;

ConvolutionOptions convolution_options(const Call& f) {
  return {f[strides], padding_of(f), f[dilations]};
}

void check_ranks(const Call& f, const Shape& x, const Shape& filter) {
  if (x.rank() != 4)
    f.fail(fmt::format("images must be [batch, height, width, channels], got {}", to_text(x)));
  if (filter.rank() != 4)
    f.fail(fmt::format("filters must be [height, width, in, out], got {}", to_text(filter)));
}
std::int64_t same_channels(const Call& f, std::int64_t of_image, std::int64_t of_filter) {
  if (of_image != of_filter && of_image != any_size && of_filter != any_size)
    f.fail(fmt::format("channels differ: {} of the image, {} of the filter", of_image, of_filter));
  return std::max(of_image, of_filter);
}

// Of conv2d(x, filter).
Convolution convolution_of(const Call& f, const Shape& x, const Shape& filter) {
  check_ranks(f, x, filter);
  return {.window = window_over(f, {x[1], x[2]}, {filter[0], filter[1]}),
          .batch = x[0],
          .in = same_channels(f, x[3], filter[2]),
          .out = filter[3]};
}
Shape result_of(const Convolution& c) {
  return {c.batch, c.window[0].results, c.window[1].results, c.out};
}
// Of the image that conv2d_transpose(x, filter) makes.
Convolution convolution_under(const Call& f, const Shape& x, const Shape& filter) {
  check_ranks(f, x, filter);
  return {.window = window_under(f, {x[1], x[2]}, {filter[0], filter[1]}),
          .batch = x[0],
          .in = filter[2],
          .out = same_channels(f, x[3], filter[3])};
}

void check_gradient(const Call& f, const Shape& dy, const Shape& x, const Shape& filter) {
  const Shape y = result_of(convolution_of(f, x, filter));
  if (!may_equal(dy, y)) f.fail(fmt::format("dy must be {}, got {}", to_text(y), to_text(dy)));
}

template <auto run, auto of>
void with(const KernelCall& call) {
  run(call, of(call));
}
template <auto bytes, auto of>
std::size_t bytes_with(const KernelCall& call) {
  return bytes(call, of(call));
}
template <auto run, auto bytes, auto of>
constexpr GeneralKernel kernel{with<run, of>, bytes_with<bytes, of>};

constexpr auto forward = [](const KernelCall& call) {
  return convolution_of(call.f, call.inputs[0].shape, call.inputs[1].shape);
};
constexpr auto transposed = [](const KernelCall& call) {
  return convolution_under(call.f, call.inputs[0].shape, call.inputs[1].shape);
};
constexpr auto to_input = [](const KernelCall& call) {
  return convolution_of(call.f, call.output.shape, call.inputs[1].shape);
};
constexpr auto to_filter = [](const KernelCall& call) {
  return convolution_of(call.f, call.inputs[1].shape, call.output.shape);
};

}  // namespace

// y = x * w;  dx = input gradient of dy,  dw = filter gradient of dy
extern constexpr Op conv2d_op{
    .name = "conv2d",
    .doc =
        "Convolution of images [batch, height, width, in] with a filter [height, width, in, out]: "
        "y[b, i, j] = sum over k, l of x[b, i s - p + k d, j s - p + l d] filter[k, l] "
        "for strides s, dilations d and p zeros of padding before: none (valid), as many as leave "
        "ceil(n / s) results (same), or {above, below, left, right}.",
    .operands = {"x", "filter"},
    .attributes = {&strides, &padding, &pads, &dilations},
    .latex = {R"({x} \ast {filter})", Precedence::product},
    .shape = [](const Call& f, Shape x, Shape filter) -> Shape {
      return result_of(convolution_of(f, x, filter));
    },
    .kernel = kernel<convolve, convolve_scratch_bytes, forward>,
    .gradient = {[](const Call& f, Tensor dy, Tensor x, Tensor filter) {
                   return conv2d_input_grad(dy, filter, x, convolution_options(f));
                 },
                 [](const Call& f, Tensor dy, Tensor x, Tensor filter) {
                   return conv2d_filter_grad(dy, x, filter, convolution_options(f));
                 }},
    .gradient_text = {"dx = conv2d_input_grad(dy, filter)", "dfilter = conv2d_filter_grad(dy, x)"},
    .examples = {{[](Operand x, Operand filter) { return conv2d(x, filter); },
                  {{{{1}, {2}, {3}, {4}}}},
                  {{{{1}}, {{-1}}}},
                  "[[[[-1], [-1], [-1]]]]"},
                 {[](Graph& g) {
                    return conv2d(g.constant({{{{1}, {2}, {3}, {4}}}}),
                                  g.constant({{{{1}}, {{1}}, {{1}}}}),
                                  {.strides = {1, 2}, .padding = Padding::same});
                  },
                  "[[[[6], [7]]]]"}},
};

// y = the image whose convolution's gradient is x;  dx = dy * w,  dw = filter gradient of x at dy
extern constexpr Op conv2d_transpose_op{
    .name = "conv2d_transpose",
    .doc =
        "Transposed convolution: each element of x adds itself times the filter [height, width, "
        "out, in] to the image, as in the gradient of conv2d to its input.",
    .operands = {"x", "filter"},
    .attributes = {&strides, &padding, &pads, &dilations},
    .latex = {R"({x} \ast^\top {filter})", Precedence::product},
    .shape = [](const Call& f, Shape x, Shape filter) -> Shape {
      const Convolution c = convolution_under(f, x, filter);
      return {c.batch, c.window[0].size, c.window[1].size, c.in};
    },
    .kernel = kernel<convolve_back, convolve_back_scratch_bytes, transposed>,
    .gradient = {[](const Call& f, Tensor dy, Tensor, Tensor filter) {
                   return conv2d(dy, filter, convolution_options(f));
                 },
                 [](const Call& f, Tensor dy, Tensor x, Tensor filter) {
                   return conv2d_filter_grad(x, dy, filter, convolution_options(f));
                 }},
    .gradient_text = {"dx = conv2d(dy, filter)", "dfilter = conv2d_filter_grad(x, dy)"},
    .examples = {{[](Graph& g) {
                    return conv2d_transpose(g.constant({{{{1}, {2}}}}),
                                            g.constant({{{{1}}, {{10}}, {{100}}}}),
                                            {.strides = {1, 2}});
                  },
                  "[[[[1], [10], [102], [20], [200]]]]"}},
};

// dx of y = x * w;  bilinear in dy and w
extern constexpr Op conv2d_input_grad_op{
    .name = "conv2d_input_grad",
    .doc = "The gradient of conv2d to its image, which has the shape of model.",
    .operands = {"dy", "filter", "model"},
    .attributes = {&strides, &padding, &pads, &dilations},
    .text = "conv2d_input_grad({dy}, {filter})",
    .latex = {R"({dy} \ast^\top {filter})", Precedence::product},
    .shape = [](const Call& f, Shape dy, Shape filter, Shape model) -> Shape {
      check_gradient(f, dy, model, filter);
      return model;
    },
    .shape_operands = 0b100,
    .kernel = kernel<convolve_back, convolve_back_scratch_bytes, to_input>,
    .gradient = {[](const Call& f, Tensor dx, Tensor, Tensor filter, Tensor) {
                   return conv2d(dx, filter, convolution_options(f));
                 },
                 [](const Call& f, Tensor dx, Tensor dy, Tensor filter, Tensor) {
                   return conv2d_filter_grad(dy, dx, filter, convolution_options(f));
                 },
                 {}},
    .gradient_text = {"ddy = conv2d(dx, filter)", "dfilter = conv2d_filter_grad(dy, dx)", ""},
    .examples = {{[](Graph& g) {
                    return conv2d_input_grad(g.constant({{{{1}, {2}}}}),
                                             g.constant({{{{1}}, {{10}}}}),
                                             g.constant({{{{0}, {0}, {0}}}}));
                  },
                  "[[[[1], [12], [20]]]]"}},
};

// dw of y = x * w;  bilinear in dy and x
extern constexpr Op conv2d_filter_grad_op{
    .name = "conv2d_filter_grad",
    .doc = "The gradient of conv2d to its filter, which has the shape of model.",
    .operands = {"dy", "x", "model"},
    .attributes = {&strides, &padding, &pads, &dilations},
    .text = "conv2d_filter_grad({dy}, {x})",
    .latex = {R"({x} \star {dy})", Precedence::product},
    .shape = [](const Call& f, Shape dy, Shape x, Shape model) -> Shape {
      check_gradient(f, dy, x, model);
      return model;
    },
    .shape_operands = 0b100,
    .kernel = kernel<correlate, correlate_scratch_bytes, to_filter>,
    .gradient = {[](const Call& f, Tensor dfilter, Tensor, Tensor x, Tensor) {
                   return conv2d(x, dfilter, convolution_options(f));
                 },
                 [](const Call& f, Tensor dfilter, Tensor dy, Tensor x, Tensor) {
                   return conv2d_input_grad(dy, dfilter, x, convolution_options(f));
                 },
                 {}},
    .gradient_text = {"ddy = conv2d(x, dfilter)", "dx = conv2d_input_grad(dy, dfilter)", ""},
    .examples = {{[](Graph& g) {
                    return conv2d_filter_grad(g.constant({{{{1}, {2}}}}),
                                              g.constant({{{{1}, {10}, {100}}}}),
                                              g.constant({{{{0}}, {{0}}}}));
                  },
                  "[[[[21]], [[210]]]]"}},
};

namespace {

Tensor add_convolution(const Op& op, std::initializer_list<const Operand*> operands,
                       const ConvolutionOptions& options) {
  return add_node(op, operands,
                  {strides = options.strides, padding = options.padding.name(),
                   pads = options.padding.pads(), dilations = options.dilations});
}

}  // namespace

Tensor conv2d(Operand x, Operand filter, const ConvolutionOptions& options) {
  return add_convolution(conv2d_op, {&x, &filter}, options);
}
Tensor conv2d_transpose(Operand x, Operand filter, const ConvolutionOptions& options) {
  return add_convolution(conv2d_transpose_op, {&x, &filter}, options);
}
Tensor conv2d_input_grad(Operand dy, Operand filter, Operand model,
                         const ConvolutionOptions& options) {
  return add_convolution(conv2d_input_grad_op, {&dy, &filter, &model}, options);
}
Tensor conv2d_filter_grad(Operand dy, Operand x, Operand model, const ConvolutionOptions& options) {
  return add_convolution(conv2d_filter_grad_op, {&dy, &x, &model}, options);
}

}  // namespace gradus
