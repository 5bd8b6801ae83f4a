// The page docs/benchmarks.md, the same as JSON, and the goals for the terminal.
#pragma once

#include <string>
#include <vector>

#include "subjects.h"
#include "system.h"

namespace bench {

struct Run {
  Facts facts = {};
  std::vector<Subject> subjects = {};
  Results results = {};
  int rounds = 0;
  double slice = 0;
  bool is_quick = false;
};

std::string markdown(const Run& run);
std::string json(const Run& run);
// The goals and the tables of the subjects that were measured.
std::string terminal_text(const Run& run);

}  // namespace bench
