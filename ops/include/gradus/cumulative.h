// Running sums and products along one axis.
//
//   cumsum(x)                                  // [1, 2, 3] -> [1, 3, 6]
//   cumsum(x, 0, {.exclusive = true})          //           -> [0, 1, 3]
//   cumsum(x, 0, {.reverse = true})            //           -> [6, 5, 3]
#pragma once

#include <cstdint>

#include <gradus/tensor.h>

namespace gradus {

// exclusive: element i is left out of the i-th result; reverse: from the last element to the first.
struct CumulativeOptions {
  bool exclusive = false, reverse = false;
};

Tensor cumsum(Operand x, std::int64_t axis = 0, CumulativeOptions options = {});
Tensor cumprod(Operand x, std::int64_t axis = 0, CumulativeOptions options = {});
// y[i] = a[i] y[i-1] + b[i], from y[-1] = 0; a and b have one shape. A running mean, say.
Tensor linear_recurrence(Operand a, Operand b, std::int64_t axis = 0,
                         CumulativeOptions options = {});

}  // namespace gradus
