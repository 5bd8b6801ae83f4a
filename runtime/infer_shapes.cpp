#include "draft.h"

#include <algorithm>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/op.h>

namespace gradus {
namespace {

const Shape* fed_shape(const Draft& draft, NodeId placeholder) {
  const std::size_t feed = draft.feed_of(placeholder);
  if (feed < draft.key.shapes.size()) return &draft.key.shapes[feed];
  const Shape& declared = draft.graph().shape(placeholder);
  if (!draft.computed[index(placeholder)] && declared.is_known()) return &declared;
  throw FeedError(at_line(fmt::format("run: no value is fed for placeholder \"{}\" {} {}",
                                      draft.graph().name(placeholder),
                                      to_text(draft.node(placeholder).dtype), to_text(declared)),
                          draft.context.where));
}

// The op's own rule, with all dimensions known.
Shape ruled_shape(const Draft& draft, NodeId id) {
  const GraphState& graph = draft.graph();
  const Node& node = draft.node(id);
  std::vector<Shape> operands;
  for (NodeId operand : graph.operands(id)) operands.push_back(draft.shape(operand));
  try {
    const Shape shape = Call(*node.op, graph.attributes(id)).shape_of(operands);
    if (shape.is_known()) return shape;
    throw InternalError(
        fmt::format("run: the shape of \"{}\" stayed unknown: {}", graph.name(id), to_text(shape)));
  } catch (const RuleFailure& failure) {
    throw_failure(failure, *node.op, graph, graph.where(id), graph.name(id), graph.operands(id),
                  operands);
  }
}

}  // namespace

void infer_shapes(Draft& draft) {
  const GraphState& graph = draft.graph();
  draft.shapes.resize(draft.shaped.size());
  for (std::size_t i = 0; i < draft.shaped.size(); ++i) {
    if (!draft.shaped[i]) continue;
    const NodeId id{static_cast<std::int32_t>(i)};
    const Shape& declared = graph.shape(id);
    if (draft.node(id).op == &placeholder_op) {
      draft.shapes[i] = fed_shape(draft, id);
      continue;
    }
    // Where nothing was unknown when the node was made, nothing is new.
    const auto is_as_declared = [&](NodeId operand) {
      const Shape* shape = draft.shapes[index(operand)];
      return shape == &graph.shape(operand) || *shape == graph.shape(operand);
    };
    if (declared.is_known() && std::ranges::all_of(graph.operands(id), is_as_declared)) {
      draft.shapes[i] = &declared;
      continue;
    }
    const Shape shape = ruled_shape(draft, id);
    if (shape == declared) {
      draft.shapes[i] = &declared;
    } else if (!draft.new_shapes.empty() && draft.new_shapes.back() == shape) {
      draft.shapes[i] = &draft.new_shapes.back();
    } else {
      draft.shapes[i] = &draft.new_shapes.emplace_back(shape);
    }
  }
}

}  // namespace gradus
