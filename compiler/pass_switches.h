// Switches in the environment, to find out of a program as it is whether a pass is to blame.
//
//   GRADUS_PASSES_OFF=fuse,merge ./program
//   GRADUS_PASSES_OFF=all ./program
#pragma once

#include <gradus/passes.h>
#include <gradus/source_location.h>

namespace gradus {

// These passes but for those that the environment names. GraphError if it names what is none.
Passes without_switched_off(Passes passes, SourceLocation where);

}  // namespace gradus
