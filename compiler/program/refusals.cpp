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

void refuse_memory(std::size_t needed, std::size_t limit, const Program& program, NodeId largest,
                   const GraphState& graph, SourceLocation where) {
  throw_at<MemoryError>(
      where, "run: {} are needed, {} is the limit; the largest value is \"{}\" {} {} ({})",
      bytes_text(needed), bytes_text(limit), graph.name(program.origin(largest)),
      to_text(program.dtype(largest)), to_text(program.shape(largest)),
      bytes_text(program.byte_count(largest)));
}

void refuse_second_assignment(const GraphState& graph, NodeId variable, SourceLocation where) {
  throw_at<GraphError>(where, "run: variable \"{}\" is assigned twice", graph.name(variable));
}

}  // namespace gradus
