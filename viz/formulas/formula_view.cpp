#include "formula_view.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <gradus/op/op.h>
#include <gradus/op/records.h>

namespace gradus {
namespace {

bool is_power_of_two(double v) {
  int exponent = 0;
  return std::isfinite(v) && v > 0 && std::frexp(v, &exponent) == 0.5;
}

bool has_flag(const GraphState& graph, NodeId id, const Key<bool>& key) {
  const bool* flag = attribute(graph, id, key);
  return flag != nullptr && *flag;
}

}  // namespace

bool reduces_all(const GraphState& graph, NodeId id, const Shape& x) {
  const Axes* axes = attribute(graph, id, attributes::axes);
  return axes != nullptr && (axes->is_all() || (x.rank() == 1 && axes->list().size() == 1));
}
bool reduces_only(const GraphState& graph, NodeId id, const Shape& x, std::int64_t axis) {
  const Axes* axes = attribute(graph, id, attributes::axes);
  return axes != nullptr && !axes->is_all() && axes->list().size() == 1 &&
         (axes->list()[0] == axis || axes->list()[0] == axis - x.rank());
}

NodeId FormulaView::repeated(NodeId id) const {
  while (opens(id, broadcast_like_op) || opens(id, expand_like_op)) id = graph_.operands(id)[0];
  return id;
}

std::optional<double> FormulaView::number(NodeId id, int levels) const {
  if (!opens_(id) || graph_.shape(id).rank() != 0) return {};
  if (const Array* literal = graph_.literal(id)) return literal->item<double>();
  // The rules of powers ask such things of exponents.
  const bool is_sum = is(id, add_op) || is(id, subtract_op);
  if (levels == 0 || (!is_sum && !is(id, equal_op) && !is(id, where_op))) return {};
  const auto operands = graph_.operands(id);
  const std::optional<double> a = number(operands[0], levels - 1);
  if (!a) return {};
  if (is(id, where_op)) return number(operands[*a != 0 ? 1 : 2], levels - 1);
  const std::optional<double> b = number(operands[1], levels - 1);
  if (!b) return {};
  return is(id, equal_op) ? static_cast<double>(*a == *b) : is(id, add_op) ? *a + *b : *a - *b;
}

bool FormulaView::is_ones(NodeId id) const {
  id = repeated(id);
  if (opens(id, full_like_op)) return *attribute(graph_, id, attributes::alpha) == 1;
  return number(id) == 1.0;
}

std::optional<NodeId> FormulaView::slope_input(NodeId id) const {
  struct Slope {
    const Op *op, *activation;
  };
  constexpr Slope slopes[] = {
      {&elu_grad_op, &elu_op}, {&sigmoid_grad_op, &sigmoid_op}, {&tanh_grad_op, &tanh_op}};
  if (is(id, relu_grad_op)) return operand(id, 1);
  const auto slope = std::ranges::find(slopes, graph_.node(id).op, &Slope::op);
  if (slope == std::end(slopes)) return {};
  const NodeId y = graph_.operands(id)[1];
  if (!is(y, *slope->activation)) return {};
  return operand(y, 0);
}

bool FormulaView::is_matrix_transpose(NodeId id) const {
  return is(id, transpose_op) && graph_.shape(id).rank() == 2;
}

// Operand k of a product has its shape, or the other one is a number.
bool FormulaView::keeps_shape(NodeId id, std::size_t k) const {
  return graph_.shape(graph_.operands(id)[1 - k]).rank() == 0 ||
         graph_.shape(id) == graph_.shape(graph_.operands(id)[k]);
}

// What is shown in place of the node; nothing if it is shown itself.
std::optional<NodeId> FormulaView::step(NodeId id) const {
  if (!opens_(id)) return {};
  const auto operands = graph_.operands(id);
  if (is(id, identity_op) || is(id, custom_gradient_op)) return operands[0];
  if (is(id, broadcast_like_op) && !shows_broadcasts_) return operands[0];
  if (is(id, expand_like_op) && !shows_broadcasts_) {
    NodeId inner = operands[0];
    while (opens(inner, expand_like_op)) inner = graph_.operands(inner)[0];
    if (graph_.shape(inner).rank() == 0) return inner;  // a scalar stands for every element
  }
  if (is(id, where_op))
    if (const std::optional<double> condition = number(repeated(operands[0])))
      return operands[*condition != 0 ? 1 : 2];
  const bool is_product = is(id, multiply_op) || is(id, multiply_no_nan_op);
  if (is_product && is_ones(operands[0]) && keeps_shape(id, 1)) return operands[1];
  if ((is_product || is(id, divide_op)) && is_ones(operands[1]) && keeps_shape(id, 0))
    return operands[0];
  if (is(id, negative_op) && opens(operands[0], negative_op))
    return graph_.operands(operands[0])[0];
  if (is_matrix_transpose(id) && opens_(operands[0]) && is_matrix_transpose(operands[0]))
    return graph_.operands(operands[0])[0];
  return {};
}

NodeId FormulaView::seen(NodeId id) const {
  for (std::optional<NodeId> next = step(id); next; next = step(id)) id = *next;
  return id;
}

std::vector<Factor> FormulaView::factors(NodeId id) const {
  std::vector<Factor> result;
  for (std::size_t k = 0; k < 2; ++k) {
    Factor f{operand(id, k),
             has_flag(graph_, id, k == 0 ? attributes::transpose_a : attributes::transpose_b)};
    while (opens_(f.node) && is_matrix_transpose(f.node))
      f = {operand(f.node, 0), !f.is_transposed};
    result.push_back(f);
  }
  return result;
}

std::optional<NodeId> FormulaView::squared_norm(NodeId id) const {
  if (!is(id, reduce_sum_op) || has_flag(graph_, id, attributes::keepdims)) return {};
  const NodeId squares = graph_.operands(id)[0];
  if (!opens(squares, square_op) || !reduces_all(graph_, id, graph_.shape(squares))) return {};
  return operand(squares, 0);
}

std::optional<NodeId> FormulaView::squared_row_norms(NodeId id) const {
  if (!is(id, reduce_sum_op) || has_flag(graph_, id, attributes::keepdims)) return {};
  const NodeId squares = graph_.operands(id)[0];
  if (!opens(squares, square_op) || graph_.shape(squares).rank() != 2 ||
      !reduces_only(graph_, id, graph_.shape(squares), 1))
    return {};
  return operand(squares, 0);
}

std::optional<NodeId> FormulaView::mean_of_squared_row_norms(NodeId id) const {
  if (!is(id, reduce_mean_op) || has_flag(graph_, id, attributes::keepdims)) return {};
  const NodeId norms = operand(id, 0);
  if (!opens_(norms) || !reduces_all(graph_, id, graph_.shape(norms))) return {};
  return squared_row_norms(norms);
}

std::optional<NodeId> FormulaView::indexed_slice(NodeId id) const {
  if (!is(id, squeeze_op)) return {};
  const NodeId slice = graph_.operands(id)[0];
  const Axes& axes = *attribute(graph_, id, attributes::axes);
  if (!opens(slice, slice_op) || axes.is_all()) return {};
  const auto& starts = *attribute(graph_, slice, attributes::starts);
  const auto& stops = *attribute(graph_, slice, attributes::stops);
  for (std::int64_t axis : axes.list()) {
    if (axis < 0) axis += graph_.shape(slice).rank();
    const auto i = static_cast<std::size_t>(axis);
    if (i >= starts.size() || starts[i] < 0 || stops[i] != starts[i] + 1) return {};
  }
  return slice;
}

std::optional<NodeId> FormulaView::subtracted(NodeId id) const {
  if (!is(id, add_op)) return {};
  const NodeId b = operand(id, 1);
  if (!opens(b, negative_op)) return {};
  return operand(b, 0);
}

std::optional<FormulaView::Scaled> FormulaView::scaled(NodeId id) const {
  if (!is(id, multiply_op)) return {};
  const NodeId ratio = operand(id, 0), product = operand(id, 1);
  if (!opens(ratio, count_ratio_op) || !opens(product, multiply_op)) return {};
  const NodeId number = operand(product, 0);
  const Array* value = graph_.literal(number);
  if (value == nullptr || !is_power_of_two(value->item<double>())) return {};
  return Scaled{ratio, number, operand(product, 1)};
}

std::vector<NodeId> FormulaView::parts(NodeId id) const {
  if (number(id)) return {};
  if (const auto x = slope_input(id))
    return is_ones(operand(id, 0)) ? std::vector{*x} : std::vector{operand(id, 0), *x};
  if (const auto e = squared_norm(id)) return {*e};
  if (const auto e = squared_row_norms(id)) return {*e};
  if (const auto e = mean_of_squared_row_norms(id)) return {*e};
  if (const auto slice = indexed_slice(id)) return {operand(*slice, 0)};
  if (const auto b = subtracted(id)) return {operand(id, 0), *b};
  if (const auto s = scaled(id)) return {s->ratio, s->number, s->scaled};
  std::vector<NodeId> result;
  const Op& op = *graph_.node(id).op;
  if (&op == &matmul_op) {
    for (const Factor& f : factors(id)) result.push_back(f.node);
    return result;
  }
  if (&op == &count_ratio_op || &op == &full_like_op) return {};
  const std::string text = text_of(op);
  const bool hides_model = &op == &sum_like_op || &op == &expand_like_op;
  for (std::size_t k = 0; k < graph_.operands(id).size(); ++k) {
    const bool is_named = !op.operands.empty() && !hides_model &&
                          text.find("{" + std::string(op.operands[k]) + "}") != text.npos;
    if (!op.reads_shape_alone(k) || is_named) result.push_back(operand(id, k));
  }
  return result;
}

}  // namespace gradus
