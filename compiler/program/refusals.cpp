#include "refusals.h"

#include <vector>

#include <gradus/op/op.h>

#include "core/memory.h"
#include "core/throw_at.h"

namespace gradus {

void refuse_value(const RuleFailure& failure, const GraphState& graph, NodeId node,
                  std::span<const ArrayView> operands) {
  std::vector<Shape> shapes;
  for (const ArrayView& operand : operands) shapes.push_back(operand.shape);
  throw_failure(failure, *graph.node(node).op, graph, graph.where(node), graph.name(node),
                graph.operands(node), shapes);
}

std::string amount_text(const std::string& name, DType dtype, const Shape& shape) {
  const std::size_t bytes = static_cast<std::size_t>(shape.element_count()) * size_of(dtype);
  return fmt::format("\"{}\" {} {} ({})", name, to_text(dtype), to_text(shape), bytes_text(bytes));
}

void refuse_memory(std::size_t needed, std::size_t limit, const Program& program, NodeId largest,
                   const GraphState& graph, SourceLocation where) {
  throw_at<MemoryError>(where, "run: {} are needed, {} is the limit; the largest value is {}",
                        bytes_text(needed), bytes_text(limit),
                        amount_text(graph.name(program.origin(largest)), program.dtype(largest),
                                    program.shape(largest)));
}

}  // namespace gradus
