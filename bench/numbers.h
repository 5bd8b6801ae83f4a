// The numbers that every contestant starts from: each depends on its stream and place alone.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace bench {

// In [0, 1), in steps of 2^-24: SplitMix64 of a counter (Steele, Lea, Flood, OOPSLA 2014).
inline float number(std::uint64_t i) {
  std::uint64_t z = (i + 1) * 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  z ^= z >> 31;
  return static_cast<float>(z >> 40) * (1.0F / 16777216.0F);
}

template <class T>
std::vector<T> numbers(std::uint64_t stream, std::int64_t count, float low, float high) {
  std::vector<T> all(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<T>(low + (high - low) * number((stream << 32) + i));
  return all;
}

// The auto-encoder of all "ae step" contestants: 784-256-64-256-784, tied, ELU in every layer,
// loss = ||x_tilde - x||^2 averaged over the batch + decay (||W1||^2 + ||W2||^2).
constexpr std::int64_t inputs = 784, hidden = 256, code = 64;
constexpr float learning_rate = 0.01F / 784.0F, decay = 1e-4F;

template <class T>
struct AutoEncoderNumbers {
  std::vector<T> W1, W2, b1, b2, b3, b4, x;

  explicit AutoEncoderNumbers(std::int64_t batch) {
    const float s1 = std::sqrt(6.0F / (inputs + hidden)), s2 = std::sqrt(6.0F / (hidden + code));
    W1 = numbers<T>(1, hidden * inputs, -s1, s1);
    W2 = numbers<T>(2, code * hidden, -s2, s2);
    b1 = numbers<T>(3, hidden, -0.01F, 0.01F);
    b2 = numbers<T>(4, code, -0.01F, 0.01F);
    b3 = numbers<T>(5, hidden, -0.01F, 0.01F);
    b4 = numbers<T>(6, inputs, -0.01F, 0.01F);
    x = numbers<T>(7, batch * inputs, 0, 1);
  }
};

}  // namespace bench
