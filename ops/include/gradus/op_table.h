// The table of all ops: what documents and proofs are derived from.
#pragma once

#include <span>

#include <gradus/op.h>

namespace gradus {

std::span<const Op* const> all_ops();

}  // namespace gradus
