// Running a plan.
#pragma once

#include <span>

#include "compiler/plan/plan.h"
#include "compiler/program/run_context.h"

namespace gradus {

class Recorder;

// All steps. `data` of each RunSlot. DataError where a kernel refuses a value: then no variable has
// changed. The recorder, if there is one, is told of each step.
void execute(Plan& plan, std::span<const void* const> data, const RunContext& context,
             Recorder* recorder = nullptr);

}  // namespace gradus
