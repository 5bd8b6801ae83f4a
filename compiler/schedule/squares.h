// Sums of squares beside products: what decays a weight reads all of it, as the product of a layer
// does; one more row of that product is their sum.
#pragma once

#include <span>

#include "schedule.h"

namespace gradus {

// Of the schedule the steps of nodes alone are set. A sum of squares that is a loop of its own goes
// to the step of the first product that reads the same matrix, if sums_squares(), and if whoever
// reads the sum comes later.
void join_squares(const Program& program, std::span<const NodeId> sums,
                  std::span<const NodeId> products, Schedule& schedule);

}  // namespace gradus
