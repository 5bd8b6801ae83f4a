// A lane: one element inside a loop over arrays. A formula over lanes has no branches, so that
// compilers turn the loop into vector instructions for any instruction set.
//
//   [](auto x) { return where(x > 0, x, 0.1 * x); }
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>

#include <gradus/dtype.h>
#include <gradus/op/instruction_set.h>

#if defined(__FAST_MATH__) || __FINITE_MATH_ONLY__
#error "an element's bits must depend on its value alone: build without -ffast-math"
#endif

namespace gradus {

// How an element lies in memory: a bool is a byte of 0 or 1.
template <Element T>
struct Format {
  using Stored = T;
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
};
template <>
struct Format<bool> {
  using Stored = std::uint8_t;
  using Bits = std::uint8_t;
};

template <class T>
concept FloatElement = Element<T> && std::floating_point<T>;

template <Element T, InstructionSet set>
struct Lane;

// The result of a comparison. It does not turn into bool: a formula chooses with where(), never
// with a branch.
template <Element T, InstructionSet set>
struct Mask {
  using Stored = std::uint8_t;
  using Bits = typename Format<T>::Bits;
  Bits bits;  // all ones where it holds, else zero

  template <std::same_as<bool> B>
  [[gnu::always_inline]] constexpr explicit Mask(B holds)
      : bits(static_cast<Bits>(-static_cast<Bits>(holds))) {}
  template <Element U>
  [[gnu::always_inline]] constexpr explicit Mask(Mask<U, set> other) : Mask(other.bits != 0) {}
  [[gnu::always_inline]] static constexpr Mask of_bits(Bits b) {
    Mask mask(false);
    mask.bits = b;
    return mask;
  }
  [[gnu::always_inline]] constexpr Stored stored() const { return static_cast<Stored>(bits & 1); }

  [[gnu::always_inline]] friend constexpr Mask operator&(Mask a, Mask b) {
    return of_bits(a.bits & b.bits);
  }
  [[gnu::always_inline]] friend constexpr Mask operator|(Mask a, Mask b) {
    return of_bits(a.bits | b.bits);
  }
  [[gnu::always_inline]] friend constexpr Mask operator^(Mask a, Mask b) {
    return of_bits(a.bits ^ b.bits);
  }
  [[gnu::always_inline]] friend constexpr Mask operator~(Mask a) {
    return of_bits(static_cast<Bits>(~a.bits));
  }
  [[gnu::always_inline]] friend constexpr Lane<T, set> where(Mask which, Lane<T, set> a,
                                                             Lane<T, set> b) {
    return Lane<T, set>::of_bits(
        static_cast<Bits>((a.bits() & which.bits) | (b.bits() & ~which.bits)));
  }
};

// A number. Integer arithmetic wraps; a C++ number in a formula takes the type of the lanes.
template <Element T, InstructionSet set>
struct Lane {
  using Stored = T;
  using Bits = typename Format<T>::Bits;
  static constexpr bool is_float = std::floating_point<T>;
  static constexpr Bits magnitude = static_cast<Bits>(~Bits{0} >> 1);  // all bits but the sign
  T value;

  Lane() = default;
  template <class U>
  requires std::integral<U> ||(std::floating_point<U>&& is_float)
      [[gnu::always_inline]] constexpr Lane(U number)
      : value(static_cast<T>(number)) {}
  [[gnu::always_inline]] static constexpr Lane of_bits(Bits b) { return std::bit_cast<T>(b); }
  [[gnu::always_inline]] constexpr Bits bits() const { return std::bit_cast<Bits>(value); }
  [[gnu::always_inline]] static constexpr Lane load(Stored x) { return x; }
  [[gnu::always_inline]] constexpr Stored stored() const { return value; }

  [[gnu::always_inline]] friend constexpr Lane operator+(Lane a, Lane b) {
    if constexpr (is_float)
      return a.value + b.value;
    else
      return of_bits(a.bits() + b.bits());
  }
  [[gnu::always_inline]] friend constexpr Lane operator-(Lane a, Lane b) {
    if constexpr (is_float)
      return a.value - b.value;
    else
      return of_bits(a.bits() - b.bits());
  }
  [[gnu::always_inline]] friend constexpr Lane operator*(Lane a, Lane b) {
    if constexpr (is_float)
      return a.value * b.value;
    else
      return of_bits(a.bits() * b.bits());
  }
  [[gnu::always_inline]] friend constexpr Lane operator/(Lane a, Lane b) requires is_float {
    return a.value / b.value;
  }
  [[gnu::always_inline]] friend constexpr Lane operator-(Lane a) {
    if constexpr (is_float)
      return -a.value;
    else
      return of_bits(-a.bits());
  }

  using Holds = Mask<T, set>;
  [[gnu::always_inline]] friend constexpr Holds operator<(Lane a, Lane b) {
    return Holds(a.value < b.value);
  }
  [[gnu::always_inline]] friend constexpr Holds operator>(Lane a, Lane b) {
    return Holds(a.value > b.value);
  }
  [[gnu::always_inline]] friend constexpr Holds operator<=(Lane a, Lane b) {
    return Holds(a.value <= b.value);
  }
  [[gnu::always_inline]] friend constexpr Holds operator>=(Lane a, Lane b) {
    return Holds(a.value >= b.value);
  }
  [[gnu::always_inline]] friend constexpr Holds operator==(Lane a, Lane b) {
    return Holds(a.value == b.value);
  }
  [[gnu::always_inline]] friend constexpr Holds operator!=(Lane a, Lane b) {
    return Holds(a.value != b.value);
  }

  [[gnu::always_inline]] friend constexpr Lane abs(Lane a) {
    if constexpr (is_float)
      return of_bits(a.bits() & magnitude);
    else
      return where(a < 0, -a, a);
  }
  // The first operand's NaN, or the second's.
  [[gnu::always_inline]] friend constexpr Lane maximum(Lane a, Lane b) {
    return where((a > b) | (a != a), a, b);
  }
  [[gnu::always_inline]] friend constexpr Lane minimum(Lane a, Lane b) {
    return where((a < b) | (a != a), a, b);
  }
  [[gnu::always_inline]] friend constexpr Lane lowest(Lane) {
    if constexpr (is_float)
      return -std::numeric_limits<T>::infinity();
    else
      return std::numeric_limits<T>::min();
  }
  [[gnu::always_inline]] friend constexpr Lane highest(Lane) {
    if constexpr (is_float)
      return std::numeric_limits<T>::infinity();
    else
      return std::numeric_limits<T>::max();
  }
};

template <InstructionSet set>
struct Lane<bool, set> {
  using Stored = std::uint8_t;
  using Bits = std::uint8_t;
  Bits value;  // 0 or 1

  Lane() = default;
  template <std::same_as<bool> B>
  [[gnu::always_inline]] constexpr Lane(B holds) : value(holds) {}
  [[gnu::always_inline]] static constexpr Lane of_bits(Bits b) {
    Lane lane;
    lane.value = b;
    return lane;
  }
  [[gnu::always_inline]] constexpr Bits bits() const { return value; }
  [[gnu::always_inline]] static constexpr Lane load(Stored x) { return of_bits(x); }
  [[gnu::always_inline]] constexpr Stored stored() const { return value; }

  [[gnu::always_inline]] friend constexpr Lane operator&(Lane a, Lane b) {
    return of_bits(a.value & b.value);
  }
  [[gnu::always_inline]] friend constexpr Lane operator|(Lane a, Lane b) {
    return of_bits(a.value | b.value);
  }
  [[gnu::always_inline]] friend constexpr Lane operator^(Lane a, Lane b) {
    return of_bits(a.value ^ b.value);
  }
  [[gnu::always_inline]] friend constexpr Lane operator~(Lane a) { return of_bits(a.value ^ 1); }
  [[gnu::always_inline]] friend constexpr Mask<bool, set> operator==(Lane a, Lane b) {
    return Mask<bool, set>(a.value == b.value);
  }
  [[gnu::always_inline]] friend constexpr Mask<bool, set> operator!=(Lane a, Lane b) {
    return Mask<bool, set>(a.value != b.value);
  }
};

// The condition of an element that is a bool in memory.
template <Element T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> where(Lane<bool, set> which, Lane<T, set> a,
                                                    Lane<T, set> b) {
  return where(Mask<T, set>(which.value != 0), a, b);
}

}  // namespace gradus
