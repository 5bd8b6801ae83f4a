// merge_loops: loops of which one reads the other become one.
#pragma once

#include "schedule.h"

namespace gradus {

// A loop becomes part of the first that reads it, if that has all it needs of it at hand: in a - b
// the loops of a and b, whichever was built first. Changes
// step_of and steps; schedule.nodes is not filled in yet.
void merge_loops(const Program& program, Schedule& schedule);

}  // namespace gradus
