#include <gradus/pooling.h>

#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>

#include "ops/kernels/pool.h"

namespace gradus {
namespace {

using attributes::dilations;
using attributes::padding;
using attributes::pads;
using attributes::strides;
using attributes::window;

PoolOptions pool_options(const Call& f) {
  return {f[window], f[strides], padding_of(f), f[dilations]};
}

constexpr auto pooled_shape = [](const Call& f, Shape x) { return pool_of(f, x).result(); };

constexpr auto gradient_shape = [](const Call& f, Shape dy, Shape x) {
  check_fits(f, "dy", dy, pool_of(f, x).result());
  return x;
};

}  // namespace

// y = largest x of a window;  dx = dy at the first largest, added up
extern constexpr Op max_pool2d_op{
    .name = "max_pool2d",
    .doc =
        "The largest element of each window of images [batch, height, width, channels]; NaN if any "
        "is. The first of equals gets the gradient.",
    .operands = {"x"},
    .attributes = {&window, &strides, &padding, &pads, &dilations},
    .latex = {R"(\operatorname{maxpool} {x})", Precedence::prefix},
    .shape = pooled_shape,
    .kernel = GeneralKernel{find_largest},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) {
      return max_pool2d_grad(dy, x, pool_options(f));
    }},
    .gradient_text = {"dx = dy where x is the first largest; added up over windows"},
    .examples = {{[](Graph& g) {
                    return max_pool2d(g.constant({{{{1}, {3}, {2}, {2}}}}),
                                      {.window = {1, 2}, .strides = {1, 2}});
                  },
                  "[[[[3], [2]]]]"}},
};

// y = values where x is largest;  dvalues = dy there
extern constexpr Op max_pool2d_pick_op{
    .name = "max_pool2d_pick",
    .doc = "The element of values where x is first largest, for each window: max_pool2d(x) of x.",
    .operands = {"values", "x"},
    .attributes = {&window, &strides, &padding, &pads, &dilations},
    .latex = R"({values}_{\operatorname{argmax} {x}})",
    .shape = [](const Call& f, Shape values, Shape x) -> Shape {
      const Shape y = pool_of(f, x).result();
      check_fits(f, "values", values, x);
      return y;
    },
    .kernel = GeneralKernel{pick_largest},
    .gradient = {[](const Call& f, Tensor dy, Tensor, Tensor x) {
                   return max_pool2d_grad(dy, x, pool_options(f));
                 },
                 {}},
    .gradient_text = {"dvalues = dy where x is the first largest; added up over windows", ""},
    .examples = {{[](Graph& g) {
                    return max_pool2d_pick(g.constant({{{{5}, {6}, {7}, {8}}}}),
                                           g.constant({{{{1}, {3}, {2}, {2}}}}),
                                           {.window = {1, 2}, .strides = {1, 2}});
                  },
                  "[[[[6], [7]]]]"}},
};

// dx = dy where x is largest;  its gradient to dy picks there
extern constexpr Op max_pool2d_grad_op{
    .name = "max_pool2d_grad",
    .doc = "The gradient of max_pool2d: dy of each window added to where x is first largest.",
    .operands = {"dy", "x"},
    .attributes = {&window, &strides, &padding, &pads, &dilations},
    .latex = {R"(\operatorname{maxpool}'({x}) {dy})", Precedence::prefix},
    .shape = gradient_shape,
    .kernel = GeneralKernel{add_to_largest},
    .gradient = {[](const Call& f, Tensor dx, Tensor, Tensor x) {
                   return max_pool2d_pick(dx, x, pool_options(f));
                 },
                 {}},
    .gradient_text = {"ddy = dx where x is the first largest", ""},
    .examples = {{[](Graph& g) {
                    return max_pool2d_grad(g.constant({{{{5}, {6}}}}),
                                           g.constant({{{{1}, {3}, {2}, {2}}}}),
                                           {.window = {1, 2}, .strides = {1, 2}});
                  },
                  "[[[[0], [5], [6], [0]]]]"}},
};

// y = mean of x in a window;  dx = dy / n, added up
extern constexpr Op average_pool2d_op{
    .name = "average_pool2d",
    .doc =
        "The mean of each window of images [batch, height, width, channels]; only elements inside "
        "of the image count.",
    .operands = {"x"},
    .attributes = {&window, &strides, &padding, &pads, &dilations},
    .latex = {R"(\operatorname{avgpool} {x})", Precedence::prefix},
    .shape = pooled_shape,
    .kernel = GeneralKernel{find_means},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) {
      return average_pool2d_grad(dy, x, pool_options(f));
    }},
    .gradient_text = {"dx = dy / n; added up over windows of n elements"},
    .examples =
        {{[](Graph& g) {
            return average_pool2d(g.constant({{{{1}, {3}, {2}}}}), {{1, 2}, {1, 2}, Padding::same});
          },
          "[[[[2], [2]]]]"}},
};

// dx = dy / n;  its gradient to dy is the mean
extern constexpr Op average_pool2d_grad_op{
    .name = "average_pool2d_grad",
    .doc = "The gradient of average_pool2d: dy of each window shared among its elements.",
    .operands = {"dy", "model"},
    .attributes = {&window, &strides, &padding, &pads, &dilations},
    .text = "average_pool2d_grad({dy})",
    .latex = R"(\operatorname{avgpool}'{dy})",
    .shape = gradient_shape,
    .shape_operands = 0b10,
    .kernel = GeneralKernel{share_means},
    .gradient = {[](const Call& f, Tensor dx, Tensor, Tensor) {
                   return average_pool2d(dx, pool_options(f));
                 },
                 {}},
    .gradient_text = {"ddy = mean of dx", ""},
    .examples = {{[](Graph& g) {
                    return average_pool2d_grad(g.constant({{{{2}, {3}}}}),
                                               g.constant({{{{0}, {0}, {0}}}}),
                                               {{1, 2}, {1, 2}, Padding::same});
                  },
                  "[[[[1], [1], [3]]]]"}},
};

namespace {

Tensor add_pool(const Op& op, std::initializer_list<const Operand*> operands,
                const PoolOptions& options) {
  return add_node(
      op, operands,
      {window = options.window, strides = options.strides, padding = options.padding.name(),
       pads = options.padding.pads(), dilations = options.dilations});
}

}  // namespace

Tensor max_pool2d(Operand x, const PoolOptions& options) {
  return add_pool(max_pool2d_op, {&x}, options);
}
Tensor average_pool2d(Operand x, const PoolOptions& options) {
  return add_pool(average_pool2d_op, {&x}, options);
}
Tensor max_pool2d_pick(Operand values, Operand x, const PoolOptions& options) {
  return add_pool(max_pool2d_pick_op, {&values, &x}, options);
}
Tensor max_pool2d_grad(Operand dy, Operand x, const PoolOptions& options) {
  return add_pool(max_pool2d_grad_op, {&dy, &x}, options);
}
Tensor average_pool2d_grad(Operand dy, Operand model, const PoolOptions& options) {
  return add_pool(average_pool2d_grad_op, {&dy, &model}, options);
}

}  // namespace gradus
