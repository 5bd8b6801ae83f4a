#include <gradus/custom_gradient.h>

#include <fmt/format.h>

#include <gradus/arithmetic.h>
#include <gradus/at.h>
#include <gradus/error.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/state.h>

#include "graph/graph_state.h"

namespace gradus {

// y = y;  dx[k] = rule k of dy
extern constexpr Op custom_gradient_op{
    .name = "custom_gradient",
    .doc = "The first operand, whose gradient flows to the others by rules that the user wrote.",
    .latex = R"(\operatorname{custom})",
    .shape = [](std::span<const Shape> shapes) { return shapes[0]; },
    .dtype = first_dtype,
    .shape_operands = ~std::uint32_t{1},  // nothing but y is read
    .kernel = IsView{},
    .gradient = {[](const Call& f, std::span<const Tensor> dy_and_operands) {
      const std::span<const Tensor> xs = dy_and_operands.subspan(2);
      const Tensor& y = f.y();
      return y.state().custom_rule(y.id(), f.operand() - 1)(dy_and_operands[0], y, xs);
    }},
    .gradient_text = {"dx = rule(dy, y, xs)"},
    .examples = {{[](Graph& g) {
                    const Tensor x = g.constant({1, 2});
                    const auto twice = [](const Tensor& dy, const Tensor&,
                                          std::span<const Tensor>) { return 2 * dy; };
                    return custom_gradient(x, {{x, twice}});
                  },
                  "[1, 2]"}},
};

Tensor custom_gradient(Operand y, const std::vector<CustomRule>& rules) {
  constexpr std::size_t most = 31;  // bits of shape_operands beside that of y
  const At at(y);
  if (rules.empty() || rules.size() > most)
    throw GraphError(
        at_line(fmt::format("custom_gradient: {} rules, 1 to {} are possible", rules.size(), most),
                y.where()));
  const Operand value(stop_gradient(y), y.where());
  std::vector<const Operand*> operands{&value};
  std::vector<GradientFunction> functions;
  for (const CustomRule& rule : rules) {
    if (!rule.rule)
      throw GraphError(at_line(
          fmt::format("custom_gradient: rule {} has no function", functions.size()), y.where()));
    operands.push_back(&rule.x);
    functions.push_back(rule.rule);
  }
  Tensor made = add_node(custom_gradient_op, operands, {});
  made.state().keep_rules(made.id(), std::move(functions));
  return made;
}

}  // namespace gradus
