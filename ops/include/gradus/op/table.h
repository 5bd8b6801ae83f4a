// The table of all ops: what documents and proofs are derived from.
#pragma once

#include <span>
#include <string_view>

#include <gradus/op/op.h>

namespace gradus {

std::span<const Op* const> all_ops();

// The functions that are written over ops.
std::span<const Composite* const> all_composites();

// The same, by what they are about.
struct OpSubject {
  std::string_view title;
  Few<const Op*, 16> ops{};
  Few<const Composite*, 6> composites{};
};
std::span<const OpSubject> op_subjects();

}  // namespace gradus
