#include <gradus/activations.h>

#include <gradus/activation_gradients.h>
#include <gradus/arithmetic.h>
#include <gradus/comparison.h>
#include <gradus/op/add_elementwise.h>
#include <gradus/op/attribute.h>
#include <gradus/op/op.h>

#include "float_with_alpha.h"

namespace gradus {

using attributes::alpha;

namespace {

// Mean 0 and deviation 1 are a fixed point of layers with these (Klambauer et al.,
// "Self-Normalizing Neural Networks", 2017).
constexpr double selu_scale = 1.0507009873554804934, selu_alpha = 1.6732632423543772848;

}  // namespace

// y = x if x > 0, alpha (e^x - 1) elsewhere;  dy/dx = 1 if y > 0, y + alpha elsewhere
// The sign of y tells the branch because alpha is not negative.
extern constexpr Op elu_op{
    .name = "elu",
    .doc =
        "Exponential linear unit: y = x if x > 0, alpha (e^x - 1) elsewhere. The slope at 0 is "
        "alpha.",
    .operands = {"x"},
    .attributes = {&alpha},
    .dtype = float_with_alpha_from_0,
    .kernel =
        elementwise<2>([](auto x, auto a) { return where(x > 0, x, a * expm1_of_negative(x)); }),
    .parameters = {&alpha},
    .gradient = {[](const Call& f, Tensor dy, Tensor) { return elu_grad(dy, f.y(), f[alpha]); }},
    .gradient_text = {"dx = dy where y > 0, dy (y + alpha) elsewhere"},
    .examples = {{[](Operand x) { return elu(x); }, {-1, 0, 2}, "[-0.6321206, 0, 2]"},
                 {[](Operand x) { return elu(x, 0.5); }, {-1, 0, 2}, "[-0.3160603, 0, 2]"}},
};

// y = max(x, 0);  dy/dx = 1 if x > 0, 0 elsewhere
extern constexpr Op relu_op{
    .name = "relu",
    .doc = "Rectified linear unit: y = max(x, 0); NaN of NaN. The slope at 0 is 0.",
    .operands = {"x"},
    .kernel = elementwise<1>([](auto x) { return where(x < 0, 0, x); }),
    .gradient = {[](Tensor dy, Tensor x) { return relu_grad(dy, x); }},
    .gradient_text = {"dx = dy where x > 0, 0 elsewhere"},
    .examples = {{relu, {-1, 0, 2}, "[0, 0, 2]"}},
};

// y = x if x > 0, alpha x elsewhere;  dy/dx = 1 if x > 0, alpha elsewhere
extern constexpr Op leaky_relu_op{
    .name = "leaky_relu",
    .doc = "Leaky relu: y = x if x > 0, alpha x elsewhere. The slope at 0 is alpha.",
    .operands = {"x"},
    .attributes = {&alpha},
    .latex = R"(\operatorname{lrelu}({x}))",
    .dtype =
        [](const Call& f, std::span<const DType> x) {
          return float_with_alpha(
              f, x, [](double) { return true; }, "finite");
        },
    .kernel = elementwise<2>([](auto x, auto a) { return where(x > 0, x, a * x); }),
    .parameters = {&alpha},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) {
      const Tensor below = f[alpha] * dy;
      return where(x > 0, dy, below);
    }},
    .gradient_text = {"dx = dy where x > 0, alpha dy elsewhere"},
    .examples = {{[](Operand x) { return leaky_relu(x); }, {-1, 0, 2}, "[-0.2, 0, 2]"}},
};

// y = x if x > 0, a x elsewhere;  dy/dx = 1 if x > 0, a elsewhere;  dy/da = min(x, 0)
extern constexpr Op prelu_op{
    .name = "prelu",
    .doc =
        "Leaky relu whose slope is a tensor: y = x if x > 0, slope x elsewhere. The slope at 0 "
        "is that of the left side.",
    .operands = {"x", "slope"},
    .kernel = elementwise<2>([](auto x, auto a) { return where(x > 0, x, a * x); }),
    .gradient = {[](Tensor dy, Tensor x, Tensor slope) {
                   const Tensor below = dy * slope;
                   return where(x > 0, dy, below);
                 },
                 [](Tensor dy, Tensor x, Tensor) {
                   const Tensor below = dy * x;
                   return where(x > 0, 0, below);
                 }},
    .gradient_text = {"dx = dy where x > 0, slope dy elsewhere",
                      "dslope = 0 where x > 0, x dy elsewhere"},
    .examples = {{prelu, {{-2, 4}, {2, -4}}, {0.5, 0.25}, "[[-1, 4], [2, -1]]"}},
};

// y = s x if x > 0, s a (e^x - 1) elsewhere;  dy/dx = s if y > 0, y + s a elsewhere
extern constexpr Op selu_op{
    .name = "selu",
    .doc =
        "Self-normalizing unit: y = s x if x > 0, s a (e^x - 1) elsewhere, with s = 1.0507010 "
        "and a = 1.6732632. The slope at 0 is s a.",
    .operands = {"x"},
    .kernel = elementwise<1>([](auto x) {
      return where(x > 0, selu_scale * x, selu_scale * selu_alpha * expm1_of_negative(x));
    }),
    .gradient = {[](const Call& f, Tensor dy, Tensor) {
      const Tensor above = selu_scale * dy;
      const Tensor below = dy * (f.y() + selu_scale * selu_alpha);
      return where(f.y() > 0, above, below);
    }},
    .gradient_text = {"dx = s dy where y > 0, dy (y + s a) elsewhere"},
    .examples = {{selu, {-1, 0, 2}, "[-1.111331, 0, 2.101402]"}},
};

// y = x if x > 0, alpha (e^(x / alpha) - 1) elsewhere;  dy/dx = 1 if y > 0, y / alpha + 1 elsewhere
extern constexpr Op celu_op{
    .name = "celu",
    .doc = "Elu with a continuous slope: y = x if x > 0, alpha (e^(x / alpha) - 1) elsewhere.",
    .operands = {"x"},
    .attributes = {&alpha},
    .dtype =
        [](const Call& f, std::span<const DType> x) {
          return float_with_alpha(
              f, x, [](double a) { return a > 0; }, "finite and above 0");
        },
    .kernel = elementwise<2>(
        [](auto x, auto a) { return where(x > 0, x, a * expm1_of_negative(x / a)); }),
    .parameters = {&alpha},
    .gradient = {[](const Call& f, Tensor dy, Tensor) {
      const Tensor below = dy * (f.y() / f[alpha] + 1);
      return where(f.y() > 0, dy, below);
    }},
    .gradient_text = {"dx = dy where y > 0, dy (y / alpha + 1) elsewhere"},
    .examples = {{[](Operand x) { return celu(x, 2); }, {-1, 0, 2}, "[-0.7869387, 0, 2]"}},
};

Tensor elu(Operand x, double alpha_value) { return add_node(elu_op, {&x}, {alpha = alpha_value}); }
Tensor relu(Operand x) { return add_node(relu_op, {&x}); }
Tensor leaky_relu(Operand x, double alpha_value) {
  return add_node(leaky_relu_op, {&x}, {alpha = alpha_value});
}
Tensor prelu(Operand x, Operand slope) { return add_elementwise(prelu_op, {&x, &slope}); }
Tensor selu(Operand x) { return add_node(selu_op, {&x}); }
Tensor celu(Operand x, double alpha_value) {
  return add_node(celu_op, {&x}, {alpha = alpha_value});
}

}  // namespace gradus
