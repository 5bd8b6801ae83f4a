// Stages: what threads do between two barriers.
#pragma once

#include <cstdint>
#include <vector>

namespace gradus {

struct Stage {
  std::uint32_t first = 0, count = 0;  // steps
  // If not 0: each thread takes some of so many rows through all steps. Else the steps do not need
  // each other, and their parts are shared.
  std::int64_t rows = 0;
};

struct Stages {
  std::vector<Stage> stages;
  std::vector<std::uint32_t> stage_of;  // by step
};

}  // namespace gradus
