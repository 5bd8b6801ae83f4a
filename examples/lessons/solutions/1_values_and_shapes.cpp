#include <gradus/gradus.h>

namespace lesson {

using namespace gradus;

// A column beside a vector: the column is repeated along each row, the vector for each row.
Tensor products(const Tensor& a, const Tensor& b) { return reshape(a, {any_size, 1}) * b; }

// The mean keeps its axis: [rows, 1] is repeated for each column, [rows] for each row.
Tensor centered(const Tensor& x) { return x - reduce_mean(x, 1, /*keepdims=*/true); }

}  // namespace lesson
