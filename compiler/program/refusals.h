// What a run refuses, in words that the user knows.
#pragma once

#include <cstddef>
#include <new>
#include <span>
#include <string>

#include <gradus/op/kernel_call.h>

#include "core/throw_at.h"
#include "program.h"

namespace gradus {

// A value that a kernel refused, at the line of the user's node.
[[noreturn]] void refuse_value(const RuleFailure& failure, const GraphState& graph, NodeId node,
                               std::span<const ArrayView> operands);
// "\"h\" float32 [10, 20] (800 bytes)": for what there is no memory.
std::string amount_text(const std::string& name, DType dtype, const Shape& shape);
// MemoryError; the largest value is that of a node of the program.
[[noreturn]] void refuse_memory(std::size_t needed, std::size_t limit, const Program& program,
                                NodeId largest, const GraphState& graph, SourceLocation where);

// What `make` returns. Where it finds no memory, MemoryError says for what: run: no memory for
// <what()>.
template <class What, class Make>
decltype(auto) with_memory_for(const What& what, SourceLocation where, const Make& make) {
  try {
    return make();
  } catch (const std::bad_alloc&) {
  } catch (const MemoryError&) {
  }
  throw_at<MemoryError>(where, "run: no memory for {}", what());
}

}  // namespace gradus
