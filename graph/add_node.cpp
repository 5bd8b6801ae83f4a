// add_node: how a call of an op is checked, and becomes a node of known dtype and shape.
#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <gradus/failed_call.h>
#include <gradus/op/op.h>

#include "core/check_number.h"
#include "core/small_array.h"
#include "core/throw_at.h"
#include "graph_state.h"
#include "operand_lines.h"

namespace gradus {
namespace {

// Before any of them is read.
void check_pointers(const Op& op, std::span<const Operand* const> operands,
                    std::span<const Attribute> attributes) {
  if (const auto null = std::ranges::find(operands, nullptr); null != operands.end())
    throw GraphError(
        fmt::format("{}: operand {} is a null pointer", op.name,
                    operand_label(op, static_cast<std::size_t>(null - operands.begin()))));
  if (std::ranges::find(attributes, nullptr, &Attribute::key) != attributes.end())
    throw_at<GraphError>(operands.empty() ? SourceLocation{} : operands[0]->where(),
                         "{}: the key of an attribute is a null pointer", op.name);
}

// The graph of the first tensor; every other tensor must be of it.
const std::shared_ptr<GraphState>& common_graph(const Op& op,
                                                std::span<const Operand* const> operands,
                                                SourceLocation where) {
  const std::shared_ptr<GraphState>* graph = nullptr;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (operands[i]->is_number()) continue;
    const Tensor& tensor = operands[i]->tensor();
    if (!tensor)
      throw_at<GraphError>(where, "{}: operand {} is an empty Tensor", op.name,
                           operand_label(op, i));
    if (graph == nullptr) graph = &tensor.shared_state();
    if (*graph != tensor.shared_state())
      throw_at<GraphError>(where, "{}: operand {} \"{}\" is of another graph", op.name,
                           operand_label(op, i), tensor.name());
  }
  if (graph == nullptr) throw_at<GraphError>(where, "{}: no operand is a tensor", op.name);
  return *graph;
}

// A fraction, or an integer out of range, is not silently changed into an integer that fits.
void check_number(const Op& op, const Number& number, DType dtype, SourceLocation where) {
  if (is_float(dtype) || (number.is_integer() && number.fits(dtype))) return;
  // 2.0 would be written as 2, which an integer could be.
  const double real = number.real();
  if (!number.is_integer() && std::trunc(real) == real && std::abs(real) < 1e15)
    throw_at<DTypeError>(where, "{}: {:.1f} is a floating-point number, not {}", op.name, real,
                         to_text(dtype));
  throw_at<DTypeError>(where, "{}: {} is no {}", op.name, to_text(number), to_text(dtype));
}

// The nodes of the operands: a number becomes a literal of the first tensor's dtype.
SmallArray<NodeId> operand_ids(const Op& op, std::span<const Operand* const> operands,
                               GraphState& graph, SourceLocation where) {
  SmallArray<NodeId> ids(operands.size());
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Operand& o = *operands[i];
    if (o.is_number()) {
      const DType dtype = number_dtype(operands);
      check_number(op, o.number(), dtype, where);
      ids[i] = graph.literal(o.number(), dtype, o.where());
    } else {
      ids[i] = o.tensor().id();
    }
  }
  return ids;
}

// What an op of the library never does, and a new one may at first.
void check_call(const Op& op, std::size_t operand_count, std::span<const Attribute> attributes,
                SourceLocation where) {
  if (!op.operands.empty() && operand_count != op.operands.size())
    throw_at<GraphError>(where, "{}: {} operands, not {}", op.name, operand_count,
                         op.operands.size());
  const auto name_of = [](const AnyKey* key) { return key->name; };
  for (const Attribute& a : attributes)
    if (std::ranges::find(op.attributes, a.key->name, name_of) == op.attributes.end())
      throw_at<GraphError>(where, "{}: there is no attribute {}", op.name, a.key->name);
  for (const AnyKey* key : op.attributes) {
    const auto given = std::ranges::count_if(
        attributes, [&](const Attribute& a) { return a.key->name == key->name; });
    if (given != 1)
      throw_at<GraphError>(where, "{}: attribute {} is given {} times", op.name, key->name, given);
  }
  for (const Attribute& a : attributes)
    if ((*std::ranges::find(op.attributes, a.key->name, name_of))->type != a.value.index())
      throw_at<GraphError>(where, "{}: attribute {} is of another type", op.name, a.key->name);
}

template <class E>
E error_of(const std::string& text, const std::shared_ptr<const FailedCall>& call) {
  E error(text);
  error.failed_call = call;
  return error;
}

// What the rules of the op make of these operands; what they refuse is reported in full.
std::uint32_t decide_kind(const Op& op, std::span<const NodeId> ids,
                          std::span<const Attribute> attributes, GraphState& graph,
                          SourceLocation where) {
  SmallArray<Shape> shapes(ids.size());
  SmallArray<DType> dtypes(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    shapes[i] = graph.shape(ids[i]);
    dtypes[i] = graph.kind(ids[i]).dtype;
  }
  const Call call(op, attributes);
  try {
    const DType dtype = op.dtype(call, dtypes);
    if (!is_dtype(dtype)) call.fail_dtype(fmt::format("{} is no dtype", static_cast<int>(dtype)));
    return graph.kind_number(op, ids.size(), attributes, call.shape_of(shapes), dtype);
  } catch (const RuleFailure& failure) {
    const std::uint32_t outer = graph.context.where;
    const SourceLocation shown = outer != 0 ? graph.location(outer) : where;
    throw_failure(failure, op, graph, shown, graph.names().next_name(op, graph), ids, shapes);
  }
}

}  // namespace

DType number_dtype(std::span<const Operand* const> operands) {
  for (const Operand* o : operands)
    if (!o->is_number() && o->tensor().dtype() != boolean) return o->tensor().dtype();
  return float32;
}

void throw_failure(const RuleFailure& failure, const Op& op, const GraphState& graph,
                   SourceLocation where, const std::string& node_name,
                   std::span<const NodeId> operands, std::span<const Shape> shapes) {
  std::vector<std::string> types;
  for (std::size_t i = 0; i < operands.size(); ++i)
    types.push_back(
        fmt::format("{} {}", to_text(graph.node(operands[i]).dtype), to_text(shapes[i])));
  const std::string text =
      fmt::format("{}: {}\n  at  {}, node \"{}\"{}", op.name, failure.text, to_text(where),
                  node_name, operand_lines(op, graph, operands, types));
  const auto call =
      std::make_shared<const FailedCall>(FailedCall{graph.shared_from_this(),
                                                    &op,
                                                    node_name,
                                                    {operands.begin(), operands.end()},
                                                    {shapes.begin(), shapes.end()}});
  if (failure.kind == RuleFailure::Kind::shape) throw error_of<ShapeError>(text, call);
  if (failure.kind == RuleFailure::Kind::dtype) throw error_of<DTypeError>(text, call);
  if (failure.kind == RuleFailure::Kind::value) throw error_of<DataError>(text, call);
  throw error_of<GraphError>(text, call);
}

using Kind = RuleFailure::Kind;
void Call::fail(std::string text) const { throw RuleFailure{Kind::shape, std::move(text)}; }
void Call::fail_dtype(std::string text) const { throw RuleFailure{Kind::dtype, std::move(text)}; }
void Call::fail_argument(std::string text) const {
  throw RuleFailure{Kind::argument, std::move(text)};
}
void Call::fail_value(std::string text) const { throw RuleFailure{Kind::value, std::move(text)}; }

Shape Call::shape_of(std::span<const Shape> operands) const {
  try {
    return op_.shape(*this, operands);
  } catch (const ShapeError&) {
    fail("the result has more than 2^60 elements");
  }
}

const AttributeValue& Call::value(const AnyKey& key) const {
  for (const Attribute& a : attributes_)
    if (a.key == &key || a.key->name == key.name) return a.value;
  throw InternalError(fmt::format("{}: the node has no attribute {}", op_.name, key.name));
}

Tensor add_node(const Op& op, std::initializer_list<const Operand*> operands,
                std::initializer_list<Attribute> attributes) {
  return add_node(op, std::span(operands.begin(), operands.size()),
                  std::span(attributes.begin(), attributes.size()));
}

Tensor add_node(const Op& op, std::span<const Operand* const> operands,
                std::span<const Attribute> attributes) {
  check_pointers(op, operands, attributes);
  const SourceLocation where = operands.empty() ? SourceLocation{} : operands[0]->where();
  const std::shared_ptr<GraphState>& graph = common_graph(op, operands, where);
  const SmallArray<NodeId> ids = operand_ids(op, operands, *graph, where);
  RecentCalls::Call call{.op = &op, .attributes = graph->attributes_number(attributes)};
  const bool is_memorable = ids.size() <= RecentCalls::max_operands;
  for (std::size_t i = 0; is_memorable && i < ids.size(); ++i)
    call.operand_kinds[i] = graph->kind_number(ids[i]);

  std::uint32_t unknown = 0;
  std::uint32_t& kind = is_memorable ? graph->recent_calls.kind_of(call) : unknown;
  if (kind == 0) {
    check_call(op, operands.size(), attributes, where);
    kind = decide_kind(op, ids, attributes, *graph, where);
  }
  return Tensor(graph, graph->append(kind, ids, where));
}

Tensor add_node(const Op& op, const Graph& graph, std::span<const Attribute> attributes,
                SourceLocation where) {
  check_pointers(op, {}, attributes);
  check_call(op, 0, attributes, where);
  GraphState& state = graph.state();
  return state.tensor(state.append(decide_kind(op, {}, attributes, state, where), {}, where));
}

}  // namespace gradus
