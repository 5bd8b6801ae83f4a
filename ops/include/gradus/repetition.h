// Elements repeated, shifted, or surrounded by others.
//
//   pad(x, {{1, 1}, {0, 2}})                       // zeros around x
//   pad(x, {{2, 2}}, {.mode = PadMode::reflect})   // 3 2 [1 2 3] 2 1
#pragma once

#include <cstdint>
#include <vector>

#include <gradus/tensor.h>

namespace gradus {

// x as often along each axis as `repeats` says; fewer of them are of the last axes.
Tensor tile(Operand x, const std::vector<std::int64_t>& repeats);
// Each element `count` times along an axis.
Tensor repeat(Operand x, std::int64_t count, std::int64_t axis = 0);
// y[(i + shift) mod n] = x[i] along an axis.
Tensor roll(Operand x, std::int64_t shift, std::int64_t axis);

// How many elements come before and after along one axis.
struct PadWidth {
  std::int64_t before = 0, after = 0;
};
// Of one value, of x mirrored at its first and last elements (fewer than it has), or of these.
enum class PadMode : std::uint8_t { constant, reflect, edge };
struct PadOptions {
  PadMode mode = PadMode::constant;
  double value = 0;
};
// One PadWidth for each axis.
Tensor pad(Operand x, const std::vector<PadWidth>& widths, PadOptions options = {});

}  // namespace gradus
