// Switches in the environment, to find out of a program as it is what is to blame: a pass, or the
// compiler at all.
//
//   GRADUS_PASSES_OFF=fuse_loops,simplify ./program
//   GRADUS_PASSES_OFF=all ./program
//   GRADUS_INTERPRET=1 ./program
#pragma once

#include <gradus/passes.h>
#include <gradus/source_location.h>

namespace gradus {

// These passes but for those that the environment names. GraphError if it names what is none.
Passes without_switched_off(Passes passes, SourceLocation where);

// Whether it says that sessions interpret. GraphError if it says neither 1 nor 0.
bool is_interpreting_switched_on(SourceLocation where);

}  // namespace gradus
