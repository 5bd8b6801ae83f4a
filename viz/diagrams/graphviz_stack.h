// Room for Graphviz, which recurses over what it lays out.
#pragma once

#include <functional>

namespace gradus {

// Runs the work on a stack that suffices for a long chain, however small the caller's is, and waits
// for it. What the work throws is thrown here; MemoryError if there is no memory for the stack.
void run_on_large_stack(const std::function<void()>& work);

}  // namespace gradus
