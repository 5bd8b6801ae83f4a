// Dtypes and operand shapes that many proofs have in common.
#pragma once

#include <vector>

#include "proof/proof.h"

namespace gradus::proof {

inline const std::vector<DType> every_dtype(all_dtypes.begin(), all_dtypes.end());
inline const std::vector<DType> numbers{float32, float64, int32, int64};

// For each case one shape per operand.
using Cases = std::vector<std::vector<Shape>>;
inline const Cases any_shape{{{}},        {{0}},    {{1}},    {{7}},
                             {{3, 0, 2}}, {{2, 3}}, {{1, 5}}, {{2, 1, 3, 1, 2}}};
inline const Cases of_rank_1_or_more(any_shape.begin() + 1, any_shape.end());
inline const Cases of_rank_2_or_more{{{2, 3}},    {{5, 4}},          {{1, 5}},
                                     {{3, 0, 2}}, {{2, 1, 3, 1, 2}}, {{33, 31}}};

}  // namespace gradus::proof
