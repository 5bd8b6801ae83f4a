// The instructions of loops from the nodes that they compute.
#pragma once

#include <functional>
#include <vector>

#include "compiler/program/memo_per_kind.h"
#include "draft.h"
#include "plan.h"

namespace gradus {

// Adds all loops of a draft to its plan, in the order of its steps.
void make_loops(PlanBuilder& builder);

}  // namespace gradus
