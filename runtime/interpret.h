// A run without a compiler: nodes in order of their ids, each by the kernel of its op, each value
// an array of its own. Slow, short, and so the oracle of all passes.
//
//   const Interpretation run = interpret(prune(graph, key, where), source, context, limit, where);
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include <gradus/array.h>
#include <gradus/op/kernel_call.h>

#include "compiler/program/program.h"
#include "compiler/program/run_context.h"

namespace gradus {

struct Interpretation {
  std::vector<Array> results;                         // of the program
  std::vector<std::pair<NodeId, Array>> assignments;  // to variables of the user's graph
};

// Gives the value of a placeholder or variable of the user's graph.
using ValueSource = std::function<Array(NodeId)>;
// Is told of each node of the program that has its value, and of what its operands hold.
using ValueObserver =
    std::function<void(NodeId, const ArrayView& value, std::span<const ArrayView> operands)>;

// DataError where a kernel refuses a value, MemoryError above the limit, GraphError for a variable
// that is assigned twice.
Interpretation interpret(const Program& program, const ValueSource& source,
                         const RunContext& context, std::size_t memory_limit, SourceLocation where,
                         const ValueObserver& observe = {});

}  // namespace gradus
