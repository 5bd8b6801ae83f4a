// Runs in a sequence: stretches that are the same items again and again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gradus {

// Items first, first + 1, ... are `period` items, so many times in all; whole ones only.
struct Run {
  std::size_t first, period, times;
  // Items after the last whole repetition that agree, too: the run may begin so much later.
  std::size_t slack;
};

// Runs of at least three repetitions that do not overlap, those that save most items first; of a
// few periods, those by which most equal neighbours lie apart, so that the time is linear.
std::vector<Run> find_runs(std::span<const std::uint64_t> items);

}  // namespace gradus
