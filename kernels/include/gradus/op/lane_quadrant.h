// The quadrant of an angle of any size: x = n pi/2 + r with |r| <= pi/4. Payne and Hanek's method:
// of the digits of 2/pi, those that give whole turns of x are never multiplied, so that no angle is
// too large, and no element takes another path than its neighbours.
#pragma once

#include <gradus/op/lane_pair.h>

namespace gradus::lane_detail {

// The digits of 2/pi after the point, after 64 zeros.
inline constexpr std::array<std::uint64_t, 21> two_over_pi{0,
                                                           0xa2f9836e4e441529,
                                                           0xfc2757d1f534ddc0,
                                                           0xdb6295993c439041,
                                                           0xfe5163abdebbc561,
                                                           0xb7246e3a424dd2e0,
                                                           0x06492eea09d1921c,
                                                           0xfe1deb1cb129a73e,
                                                           0xe88235f52ebb4484,
                                                           0xe99c7026b45f7e41,
                                                           0x3991d639835339f4,
                                                           0x9c845f8bbdf9283b,
                                                           0x1ff897ffde05980f,
                                                           0xef2f118b5a0a6d1f,
                                                           0x6d367ecf27cb09b7,
                                                           0x4f463f669e5fea2d,
                                                           0x7527bac7ebe5f17b,
                                                           0x3d0739f78a5292ea,
                                                           0x6bfb5fb11f8d5d08,
                                                           0x56033046fc7b6bab,
                                                           0xf0cfbc209af4361d};

// For x = m 2^e with m from 2^52 to 2^53: 2^e 2/pi modulo 4 in four parts of 52 digits, each part
// an array over the exponents of 1/2 and up, so that loops gather from it; as bits, which
// no store of a loop over floats can change, as compilers know. The last row belongs to NaN.
inline constexpr auto quadrants_of_power = [] {
  std::array<std::array<std::uint64_t, 1026>, 4> parts{};
  for (std::size_t row = 0; row + 1 < parts[0].size(); ++row) {
    std::size_t digit = row + 9;
    double weight = 0x1p-50;
    for (auto& part : parts) {
      const std::size_t word = digit / 64, shift = digit % 64;
      std::uint64_t digits = two_over_pi[word] << shift;
      if (shift > 0) digits |= two_over_pi[word + 1] >> (64 - shift);
      part[row] = std::bit_cast<std::uint64_t>(static_cast<double>(digits >> 12) * weight);
      digit += 52;
      weight *= 0x1p-52;
    }
  }
  return parts;
}();

template <InstructionSet set>
struct Angle {
  std::uint64_t quadrant;  // its two low bits
  Pair<set> rest;          // from -pi/4 to pi/4
};

// Of x >= 0; a finite angle for inf.
template <InstructionSet set>
[[gnu::always_inline]] constexpr Angle<set> reduce_angle(Lane<double, set> x) {
  using L = Lane<double, set>;
  constexpr std::uint64_t digits = (std::uint64_t{1} << 52) - 1;
  const L clamped = clamp(x, 0.5, std::numeric_limits<double>::max());
  const L m = L::of_bits((clamped.bits() & digits) | (std::uint64_t{1075} << 52));
  const std::uint64_t row = (clamped.bits() >> 52) - 1022;
  const auto part = [row](std::size_t k) { return L::of_bits(quadrants_of_power[k].data()[row]); };

  const Pair<set> a = two_product(m, part(0)), b = two_product(m, part(1)),
                  c = two_product(m, part(2));
  const L turns = (a.high + 0x1.8p56) - 0x1.8p56;  // a multiple of 16
  const Pair<set> d = two_sum(a.high - turns, a.low), e = two_sum(d.high, b.high);
  const Rounded<double, set> n = nearest(e.high);
  const Pair<set> f = two_sum(d.low, e.low), g = two_sum(b.low, c.high),
                  h = two_sum(f.high, g.high), i = two_sum(e.high - n.value, h.high);
  const L lowest = i.low + (h.low + (f.low + g.low + (c.low + m * part(3))));
  const Pair<set> half_pi{0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};
  const Pair<set> rest = multiply(fast_two_sum(i.high, lowest), half_pi);

  const auto is_small = x < 0.78;
  return {n.integer & where(is_small, L(0), L::of_bits(3)).bits(),
          {where(is_small, x, rest.high), where(is_small, L(0), rest.low)}};
}

}  // namespace gradus::lane_detail
