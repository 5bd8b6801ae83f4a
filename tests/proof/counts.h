// All proofs, one after the other, and how many cases each had: what scripts/prove prints.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "proof/report.h"

namespace gradus::proof {

struct Count {
  std::string key, label;
  Report report;
};
std::string to_text(const Count& count);  // "     148  ops in the table"

// Tells of each as soon as it is known.
std::vector<Count> prove_all(std::uint64_t first_seed, std::int64_t graphs,
                             const std::function<void(const Count&)>& tell);

}  // namespace gradus::proof
