// Measuring one experiment: round after round, its contestants take turns.
#pragma once

#include "experiment.h"

namespace bench {

struct Effort {
  int rounds = 8;
  double slice = 0.3;  // seconds of each contestant in each round
};

Outcome measure(const Experiment& experiment, const Effort& effort);

// The largest relative difference between the values of those that must agree, NaN counting as
// infinite.
double disagreement(const Experiment& experiment, const Outcome& outcome);

}  // namespace bench
