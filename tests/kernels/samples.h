// Inputs for the guards of the kernels, and their results in a form to compare. All are made of
// integers and powers of two, so that every build has the same.
#pragma once

#include <bit>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include <gradus/array.h>
#include <gradus/op/lane.h>
#include <gradus/random.h>

namespace gradus {

inline constexpr std::int64_t sample_count = 4096;

template <Element T>
std::vector<T> special_values() {
  using Limits = std::numeric_limits<T>;
  if constexpr (std::floating_point<T>) {
    const T tiny = Limits::denorm_min(), inf = Limits::infinity();
    return {T(0),
            T(-0.0),
            inf,
            -inf,
            Limits::quiet_NaN(),
            tiny,
            -tiny,
            tiny * 1000,
            Limits::min(),
            -Limits::min(),
            Limits::max(),
            -Limits::max(),
            Limits::epsilon(),
            T(1),
            T(-1),
            T(0.5),
            T(-0.5),
            T(0.999),
            T(-18),
            T(88.5),
            T(-88),
            T(-104),
            T(709.5),
            T(-746),
            T(1e-20),
            T(0x1p31),
            T(-0x1p31),
            T(2147483520),
            T(-2147483904.0),
            T(0x1p63),
            T(-0x1p63),
            T(9223371487098961920.0),
            T(-9223373136366403584.0),
            T(0x1p32)};
  } else {
    return {T(0), T(1), Limits::min(), Limits::max()};
  }
}

template <Element T>
T random_element(Random& random, bool is_small) {
  if constexpr (std::same_as<T, bool>)
    return (random.bits() & 1) != 0;
  else {
    using Bits = typename Format<T>::Bits;
    const std::uint64_t low = random.bits(), high = random.bits();
    if (!is_small) return std::bit_cast<T>(static_cast<Bits>(high << 32 | low));
    const auto whole = static_cast<std::int32_t>(random.bits());
    if constexpr (std::integral<T>)
      return static_cast<T>(whole % 11);
    else
      return static_cast<T>(whole) * T(0x1p-28);  // in [-8, 8)
  }
}

// The special values, then random bits and small numbers in turn.
inline Array samples(DType dtype, std::string_view purpose) {
  Array array = Array::uninitialized({sample_count}, dtype);
  Random random(1, purpose);
  visit(dtype, [&]<class T>(T) {
    const auto elements = array.mutable_values<T>();
    const std::vector<T> special = special_values<T>();
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const bool is_special = i < special.size() || random.bits() % 16 == 0;
      elements[i] = is_special ? special[(i < special.size() ? i : random.bits()) % special.size()]
                               : random_element<T>(random, i % 2 == 0);
    }
  });
  return array;
}

// The bits of each element; the sign and the payload of a NaN mean nothing.
inline std::vector<std::uint64_t> bits_of(const void* elements, DType dtype, std::int64_t count) {
  std::vector<std::uint64_t> bits(static_cast<std::size_t>(count));
  visit(dtype, [&]<class T>(T) {
    using Stored = typename Format<T>::Stored;
    const Stored* x = static_cast<const Stored*>(elements);
    for (std::size_t i = 0; i < bits.size(); ++i)
      bits[i] = x[i] != x[i] ? 0x7ff : std::bit_cast<typename Format<T>::Bits>(x[i]);
  });
  return bits;
}

inline std::uint64_t checksum(const std::vector<std::uint64_t>& bits) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, by words
  for (const std::uint64_t b : bits) hash = (hash ^ b) * 0x100000001b3;
  return hash;
}

}  // namespace gradus
