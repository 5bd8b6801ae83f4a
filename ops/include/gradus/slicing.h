// Parts of an array, by position.
//
//   slice(x, {{0, 2}, {.step = -1}})     // NumPy's x[0:2, ::-1]
//   slice(x, {{}, {.start = -3}})        // x[:, -3:]
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <gradus/axes.h>
#include <gradus/tensor.h>

namespace gradus {

// start, start + step, ... before stop. Both count from the end if negative, are brought into range
// as NumPy does, and are open if left out. GraphError if step is 0.
struct Slice {
  std::optional<std::int64_t> start{}, stop{};
  std::int64_t step = 1;
};

// One slice for each axis from the first on; the other axes stay whole.
Tensor slice(Operand x, const std::vector<Slice>& slices);
// The way back of slice(x, slices): zeros of the shape of x, with dy where the slice was.
Tensor slice_grad(Operand dy, Operand x, const std::vector<Slice>& slices);
// The elements along these axes in reverse order, all axes by default.
Tensor reverse(Operand x, Axes axes = {});

}  // namespace gradus
