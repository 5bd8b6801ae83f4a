// Ops that the compiler alone makes, each for several of the user's.
#pragma once

#include <cstdint>
#include <vector>

#include <gradus/op/op.h>

namespace gradus {

// y = scale (op(a) op(b) + op(c) op(d) + ...); with an odd number of operands the first is a start:
// y = decay start + scale (...). The flags are of the factors, two for each product.
extern const Op product_sum_op;
namespace product_sum {
inline constexpr Key<double> scale{"scale"};
inline constexpr Key<double> decay{"decay"};
inline constexpr Key<std::vector<std::int64_t>> transposed{"transposed"};
}  // namespace product_sum

// a b + c,  a b - c  and  c - a b,  element by element, the product rounded
extern const Op multiply_add_op, multiply_subtract_op, subtract_product_op;
// c + a (b - c),  c + a (b^2 - c),  a / (sqrt(b) + c)  and  d - a / (sqrt(b) + c), each step
// rounded
extern const Op interpolate_op, interpolate_square_op, divide_by_root_op, subtract_over_root_op;
// Operations per element: several for the ops above and reduce_sum_square, else 1.
std::int64_t operations_of(const Op& op);

}  // namespace gradus
