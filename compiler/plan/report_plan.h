// From a plan, and the draft that it was made of, to what users read.
#pragma once

#include <gradus/plan_report.h>

#include "draft.h"
#include "plan.h"

namespace gradus {

PlanReport report_plan(const Draft& draft, const Plan& plan, const CompileContext& context);

}  // namespace gradus
