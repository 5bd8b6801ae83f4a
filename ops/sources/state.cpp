#include <gradus/state.h>

#include <fmt/format.h>

#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>

#include "graph/graph_state.h"
#include "kernels/arrays/cast.h"

namespace gradus {
namespace {

using attributes::dtype;

void convert(const KernelCall& call) {
  const ArrayView& x = call.inputs[0];
  const Tile tile = cast_tile(x.dtype, call.output.dtype, call.set);
  tile(&x.data, call.result, x.shape.element_count());
}

}  // namespace

// y = x;  dy/dx = 1
extern constexpr Op identity_op{
    .name = "identity",
    .doc = "x itself.",
    .operands = {"x"},
    .text = "{x}",
    .latex = "{x}",
    .dtype = first_dtype,
    .kernel = IsView{},
    .gradient = {upstream},
    .gradient_text = {"dx = dy"},
    .examples = {{identity, {1, 2}, "[1, 2]"}},
};

// y = x;  dy/dx = 0 by decree
extern constexpr Op stop_gradient_op{
    .name = "stop_gradient",
    .doc = "x itself, through which no gradient flows.",
    .operands = {"x"},
    .latex = R"(\operatorname{stop}({x}))",
    .dtype = first_dtype,
    .kernel = IsView{},
    .gradient = {{}},
    .gradient_text = {""},
    .examples = {{stop_gradient, {1, 2}, "[1, 2]"}},
};

// y = x in another dtype;  dy/dx = 1 between floats
extern constexpr Op cast_op{
    .name = "cast",
    .doc =
        "x in another dtype. To integers the fraction is cut, NaN is 0, and what is out of range "
        "becomes the nearest end; to bool: whether x is not 0.",
    .operands = {"x"},
    .attributes = {&dtype},
    .dtype = [](const Call& f, DType) { return f[dtype]; },
    .kernel = GeneralKernel{convert},
    .gradient = {[](Tensor dy, Tensor x) { return cast(dy, x.dtype()); }},
    .gradient_text = {"dx = dy in the dtype of x"},
    .examples = {{[](Operand x) { return cast(x, int32); }, {1.7, -1.7}, "[1, -1]"},
                 {[](Operand x) { return cast(x, boolean); }, {0, 2}, "[false, true]"}},
};

// y = value, which the variable takes at the end of the run
extern constexpr Op assign_op{
    .name = "assign",
    .doc = "The value, which the variable takes at the end of the run.",
    .operands = {"variable", "value"},
    .text = {"{variable} <- {value}", Precedence::arrow},
    .latex = {R"({variable} \leftarrow {value})", Precedence::arrow},
    .shape = [](const Call& f, Shape variable, Shape value) -> Shape {
      if (!accepts(value, variable))
        f.fail(fmt::format("shapes differ: the variable has {}, the value {}", to_text(variable),
                           to_text(value)));
      return variable;
    },
    .dtype = [](const Call& f, DType variable, DType value) -> DType {
      if (variable != value)
        f.fail_dtype(fmt::format("dtypes differ: the variable has {}, the value {}",
                                 to_text(variable), to_text(value)));
      return variable;
    },
    .shape_operands = 0b1,
    .kernel = IsView{1},
    .examples = {{[](Graph& g) {
                    return assign(g.variable("w", Array({1, 2})), g.constant({3, 4}));
                  },
                  "[3, 4]"}},
};

// nothing but its operands' effects
extern constexpr Op group_op{
    .name = "group",
    .doc = "Runs all operands; its own value is empty.",
    .shape = [](std::span<const Shape>) -> Shape { return {0}; },
    .dtype = [](std::span<const DType>) { return float32; },
    .kernel = GeneralKernel{[](const KernelCall&) {}},
    .examples = {{[](Graph& g) {
                    return group({g.constant(1), g.constant(2)});
                  },
                  "[]"}},
};

Tensor identity(Operand x) { return add_node(identity_op, {&x}); }
Tensor stop_gradient(Operand x) { return add_node(stop_gradient_op, {&x}); }
Tensor cast(Operand x, DType to) { return add_node(cast_op, {&x}, {dtype = to}); }

Tensor assign(Operand variable, Operand value) {
  const auto refuse = [&](std::string text) {
    throw GraphError(at_line("assign: " + std::move(text), variable.where()));
  };
  if (variable.is_number()) refuse("a number is no variable");
  const Tensor& t = variable.tensor();
  if (t && t.state().variable(t.id()) == nullptr)
    refuse(fmt::format("\"{}\" is a {}, not a variable", t.name(), t.op_name()));
  return add_node(assign_op, {&variable, &value});
}

Tensor group(const std::vector<Operand>& operands) {
  std::vector<const Operand*> addresses;
  for (const Operand& o : operands) addresses.push_back(&o);
  return add_node(group_op, addresses, {});
}

}  // namespace gradus
