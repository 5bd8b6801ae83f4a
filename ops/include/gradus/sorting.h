// Elements in order, and where they stood before.
//
//   sort(x)                                            // each row from its smallest element on
//   const auto [values, indices] = top_k(scores, 3);   // [batch, classes]: two of [batch, 3]
//   in_top_k(labels, scores, 3)                        // [batch]: bool
//
// NaN counts as the largest: it comes last, and first where the largest do. Equal elements stay in
// their order. Of all numbers; indices are int64.
#pragma once

#include <cstdint>

#include <gradus/tensor.h>

namespace gradus {

struct SortOptions {
  bool descending = false;
};

Tensor sort(Operand x, std::int64_t axis = -1, SortOptions options = {});
// The order: take_along_axis(x, argsort(x)) is sort(x).
Tensor argsort(Operand x, std::int64_t axis = -1, SortOptions options = {});

// The k largest elements along the last axis, the largest first, and where they stand in x.
// ShapeError if there are fewer than k.
struct TopK {
  Tensor values, indices;
};
TopK top_k(Operand x, std::int64_t k);
Tensor top_k_indices(Operand x, std::int64_t k);

// [..]: whether the score of each label is finite, and fewer than k scores of its row are larger:
// all that are equal at the border are in, as TensorFlow has it. False of a label out of range.
// Labels are [..], int32 or int64; scores [.., n], floats.
Tensor in_top_k(Operand labels, Operand scores, std::int64_t k);

}  // namespace gradus
