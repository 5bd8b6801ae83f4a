#include "refusals.h"

#include <vector>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/op/op.h>

#include "core/memory.h"

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
  throw MemoryError(at_line(
      fmt::format("run: {} are needed, {} is the limit; the largest value is \"{}\" {} {} ({})",
                  bytes_text(needed), bytes_text(limit), graph.name(program.origin(largest)),
                  to_text(program.dtype(largest)), to_text(program.shape(largest)),
                  bytes_text(program.byte_count(largest))),
      where));
}

void refuse_second_assignment(const GraphState& graph, NodeId variable, SourceLocation where) {
  throw GraphError(
      at_line(fmt::format("run: variable \"{}\" is assigned twice", graph.name(variable)), where));
}

}  // namespace gradus
