// Runs gnuplot, if the machine has it.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace gradus {

// From base.gp and base.csv, makes base.svg and base.png: both or neither. Returns why there are
// none, or nothing. No shell is involved, and gnuplot is stopped at the time limit.
std::string draw(const std::filesystem::path& base, std::chrono::milliseconds time_limit);

}  // namespace gradus
