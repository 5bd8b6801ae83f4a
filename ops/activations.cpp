#include <gradus/activations.h>

#include <fmt/format.h>

#include <gradus/arithmetic.h>
#include <gradus/attribute.h>
#include <gradus/comparison.h>
#include <gradus/op.h>
#include <gradus/rules.h>

namespace gradus {

using attributes::alpha;

// y = x if x > 0, alpha (e^x - 1) elsewhere;  dy/dx = 1 if y > 0, y + alpha elsewhere
// The sign of y tells the branch because alpha is not negative.
extern constexpr Op elu_op{
    .name = "elu",
    .doc =
        "Exponential linear unit: y = x if x > 0, alpha (e^x - 1) elsewhere. The slope at 0 is "
        "alpha.",
    .operands = {"x"},
    .attributes = {&alpha},
    .text = "elu({x})",
    .latex = R"(\operatorname{elu}({x}))",
    .shape = [](const Call& f, Shape x) -> Shape {
      if (!(f[alpha] >= 0))
        f.fail_argument(fmt::format("alpha must be 0 or more, got {}", f[alpha]));
      return x;
    },
    .dtype = same_float,
    .kernel = elementwise<2>([](auto x, auto a) { return where(x > 0, x, a * expm1(x)); }),
    .parameters = {&alpha},
    .gradient = {[](const Call& f, Tensor dy, Tensor) -> Tensor {
      const Tensor& y = f.y();
      return select(y > 0, dy, dy * (y + f[alpha]));
    }},
    .gradient_text = {"dx = dy where y > 0, dy (y + alpha) elsewhere"},
    .examples = {{[](Graph& g) {
                    return elu(g.constant({-1, 0, 2}));
                  },
                  "[-0.6321206, 0, 2]"},
                 {[](Graph& g) {
                    return elu(g.constant({-1, 0, 2}), 0.5);
                  },
                  "[-0.3160603, 0, 2]"}},
};

// y = max(x, 0);  dy/dx = 1 if x > 0, 0 elsewhere
extern constexpr Op relu_op{
    .name = "relu",
    .doc = "Rectified linear unit: y = max(x, 0); NaN of NaN. The slope at 0 is 0.",
    .operands = {"x"},
    .text = "relu({x})",
    .latex = R"(\operatorname{relu}({x}))",
    .shape = same_shape,
    .dtype = same_float,
    .kernel = elementwise<1>([](auto x) { return where(x < 0, 0, x); }),
    .gradient = {[](const Call&, Tensor dy, Tensor x) -> Tensor { return select(x > 0, dy, 0); }},
    .gradient_text = {"dx = dy where x > 0, 0 elsewhere"},
    .examples = {{[](Graph& g) {
                    return relu(g.constant({-1, 0, 2}));
                  },
                  "[0, 0, 2]"}},
};

// y = 1 / (1 + e^-x);  dy/dx = y (1 - y)
extern constexpr Op sigmoid_op{
    .name = "sigmoid",
    .doc = "Logistic function: y = 1 / (1 + e^-x).",
    .operands = {"x"},
    .text = "sigmoid({x})",
    .latex = R"(\sigma({x}))",
    .shape = same_shape,
    .dtype = same_float,
    .kernel = elementwise<1>([](auto x) {
      const auto e = exp(-abs(x));  // never overflows
      return where(x < 0, e, 1) / (1 + e);
    }),
    .gradient = {[](const Call& f, Tensor dy, Tensor) -> Tensor {
      const Tensor& y = f.y();
      return dy * y * (1 - y);
    }},
    .gradient_text = {"dx = dy y (1 - y)"},
    .examples = {{[](Graph& g) {
                    return sigmoid(g.constant({0, 2}));
                  },
                  "[0.5, 0.8807971]"}},
};

// y = log(1 + e^x);  dy/dx = sigmoid(x)
extern constexpr Op softplus_op{
    .name = "softplus",
    .doc = "Smooth relu: y = log(1 + e^x).",
    .operands = {"x"},
    .text = "softplus({x})",
    .latex = R"(\operatorname{softplus}({x}))",
    .shape = same_shape,
    .dtype = same_float,
    .kernel = elementwise<1>([](auto x) { return where(x < 0, 0, x) + log1p(exp(-abs(x))); }),
    .gradient = {[](const Call&, Tensor dy, Tensor x) -> Tensor { return dy * sigmoid(x); }},
    .gradient_text = {"dx = dy sigmoid(x)"},
    .examples = {{[](Graph& g) {
                    return softplus(g.constant({0, 2}));
                  },
                  "[0.6931472, 2.126928]"}},
};

// y = tanh(x);  dy/dx = 1 - y^2
extern constexpr Op tanh_op{
    .name = "tanh",
    .doc = "Hyperbolic tangent: y = (e^x - e^-x) / (e^x + e^-x).",
    .operands = {"x"},
    .text = "tanh({x})",
    .latex = R"(\tanh({x}))",
    .shape = same_shape,
    .dtype = same_float,
    .kernel = elementwise<1>([](auto x) { return tanh(x); }),
    .gradient = {[](const Call& f, Tensor dy, Tensor) -> Tensor {
      return dy * (1 - square(f.y()));
    }},
    .gradient_text = {"dx = dy (1 - y^2)"},
    .examples = {{[](Graph& g) {
                    return tanh(g.constant({0, 1}));
                  },
                  "[0, 0.7615942]"}},
};

static_assert(elu_op.is_well_formed() && relu_op.is_well_formed() && sigmoid_op.is_well_formed());
static_assert(softplus_op.is_well_formed() && tanh_op.is_well_formed());

Tensor elu(Operand x, double alpha_value) { return add_node(elu_op, {&x}, {alpha = alpha_value}); }
Tensor relu(Operand x) { return add_node(relu_op, {&x}); }
Tensor sigmoid(Operand x) { return add_node(sigmoid_op, {&x}); }
Tensor softplus(Operand x) { return add_node(softplus_op, {&x}); }
Tensor tanh(Operand x) { return add_node(tanh_op, {&x}); }

}  // namespace gradus
