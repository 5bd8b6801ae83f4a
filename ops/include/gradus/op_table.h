// The table of all ops: what documents and proofs are derived from.
#pragma once

#include <span>

#include <gradus/op.h>

namespace gradus {

std::span<const Op* const> all_ops();

// The functions that are written over ops.
std::span<const Composite* const> all_composites();

}  // namespace gradus
