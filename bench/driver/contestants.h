// The contestants of the subjects: Gradus, the hand-written programs, and the peers with their
// settings.
#pragma once

#include <string>
#include <vector>

#include "subjects.h"

namespace bench {

using Words = std::vector<std::string>;

// Names that goals refer to.
inline const std::string gradus = "Gradus", by_hand = "by hand", peak = "FMA peak";

Contestant gradus_program(const Plan& plan, const std::string& program, const Words& arguments,
                          int threads);
// One of those that are compiled for each instruction set.
Contestant hand_program(const Plan& plan, const std::string& name, const std::string& program,
                        const Words& arguments, int threads);

// A peer in one setting of its allocator and its BLAS.
struct Setting {
  std::string name = {};  // ", tuned"
  bool keeps_memory = false;
  std::string blas = {};  // the folder's name, "blis-openmp"; empty: the system's
  std::string package = {};
};
Contestant libtorch_program(const Plan& plan, const std::string& program, const Setting& setting,
                            const Words& arguments, int threads);
Contestant pytorch_program(const Plan& plan, const std::string& program, const Setting& setting,
                           const Words& arguments, int threads);

// The settings that are worth a place for so many threads.
std::vector<Setting> settings(int threads);

}  // namespace bench
