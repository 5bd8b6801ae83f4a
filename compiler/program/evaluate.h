// One node alone, by the kernel of its op: what folding of constants and the interpreter share.
#pragma once

#include <span>

#include <gradus/array.h>
#include <gradus/op/kernel_call.h>

#include "program.h"
#include "run_context.h"

namespace gradus {

// The value of a node whose kernel is a formula, a function or a matrix product, from those of its
// operands. RuleFailure where the kernel refuses one.
Array evaluate(const Program& program, NodeId id, std::span<const ArrayView> operands,
               const RunContext& context);

}  // namespace gradus
