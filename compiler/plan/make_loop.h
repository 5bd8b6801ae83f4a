// The instructions of loops from the nodes that they compute.
#pragma once

#include "plan_builder.h"

namespace gradus {

// Adds all loops of a draft to its plan, in the order of its steps.
void make_loops(PlanBuilder& builder);

}  // namespace gradus
