// Random numbers as a function of (seed, purpose, counter): Philox4x32-10.
//
//   Random random(42, "encoder/W1");     // the stream of this name under seed 42
//   double u = random.uniform();         // the same on every run and for any number of threads
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace gradus {

// Ten rounds of Philox4x32 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key);

// The numbers of one purpose, in order; two purposes under one seed are independent.
class Random {
 public:
  Random(std::uint64_t seed, std::string_view purpose);

  std::uint32_t bits();
  // In [0, 1), in steps of 2^-53.
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  // Mean 0, deviation 1 (Box and Muller).
  double normal();
  // A normal number redrawn until it lies within two deviations.
  double truncated_normal();
  // An integer in [0, bound), each as likely; DataError if bound is less than 1.
  std::int64_t below(std::int64_t bound);

 private:
  std::array<std::uint32_t, 2> key_;
  std::uint64_t purpose_;
  std::uint64_t block_ = 0;
  std::array<std::uint32_t, 4> words_{};
  std::size_t next_ = 4;
};

}  // namespace gradus
