// From fetches and feeds to a plan.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include <gradus/plan_report.h>

#include "compile_context.h"
#include "compiler/plan/draft.h"
#include "compiler/plan/plan.h"
#include "compiler/program/prune.h"

namespace gradus {

// Told of "prune", of each pass that changed the program, and of each that decides something.
using PassObserver = std::function<void(std::string_view pass, const Draft& draft)>;

// What prune and the passes make of it: all that is known before values have places. Throws what
// Session::run throws, except MemoryError.
Draft lower(const PlanKey& key, const CompileContext& context, const PassObserver& observe = {});
// The same, and where each value lies. Throws what Session::run throws.
Draft draft(const PlanKey& key, const CompileContext& context);
// The plan of this draft, whose values lie in this arena. Its scratch is still to come.
std::unique_ptr<Plan> compile(PlanKey key, const Draft& draft, std::byte* arena,
                              const CompileContext& context);
// What users read of a plan and the draft that it was made of.
PlanReport report_plan(const Draft& draft, const Plan& plan, const CompileContext& context);

}  // namespace gradus
