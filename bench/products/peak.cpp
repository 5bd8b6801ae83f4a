// The most multiply-adds that one core does: sums that do not wait for each other.
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "for_set.h"

namespace gradus::bench::GRADUS_BENCH_SET {

template <class T>
double peak_flops_per_second() {
  using Clock = std::chrono::steady_clock;
#if defined(__AVX512F__)
  constexpr int bytes = 64;
#else
  constexpr int bytes = 32;
#endif
  constexpr int sums = 12, lanes = bytes / static_cast<int>(sizeof(T));
  typedef T Vector __attribute__((vector_size(bytes)));
  constexpr std::int64_t rounds = 4'000'000;
  volatile T opaque = T(0.5);
  Vector sum[sums];
  for (int k = 0; k < sums; ++k) sum[k] = opaque * T(k + 2) - Vector{};  // no two are equal
  const Vector factor = opaque - Vector{}, term = opaque - Vector{};
  const Clock::time_point start = Clock::now();
  for (std::int64_t i = 0; i < rounds; ++i)
#pragma GCC unroll 12
    for (int k = 0; k < sums; ++k) sum[k] = sum[k] * factor + term;
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  for (const Vector& s : sum)
    for (std::size_t lane = 0; lane < std::size_t{lanes}; ++lane) opaque = s[lane];
  return 2.0 * sums * lanes * rounds / seconds;
}

template double peak_flops_per_second<float>();
template double peak_flops_per_second<double>();

}  // namespace gradus::bench::GRADUS_BENCH_SET
