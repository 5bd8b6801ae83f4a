// All passes from program to program behind the first, in their order.
#pragma once

#include <functional>
#include <string_view>

#include <gradus/passes.h>

#include "compiler/passes/passes.h"

namespace gradus {

// Told of each pass that changed something.
using PassObserver = std::function<void(std::string_view pass, const Program& program)>;

Program rewrite(Program program, const Passes& passes, InstructionSet set,
                const PassObserver& observer = {});

}  // namespace gradus
