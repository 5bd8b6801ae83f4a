// From a draft to a plan.
#pragma once

#include "compiler/compile_context.h"
#include "draft.h"
#include "plan.h"

namespace gradus {

// One step per scheduled step, with resolved pointers, and what happens after the last.
void make_steps(const Draft& draft, const CompileContext& context, Plan& plan);

}  // namespace gradus
