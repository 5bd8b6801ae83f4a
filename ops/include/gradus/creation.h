// Tensors made of nothing but numbers.
//
//   range(g, 0, 10, 2)      // [0, 2, 4, 6, 8]
//   eye(g, 3)               // the identity matrix
#pragma once

#include <cstdint>

#include <gradus/graph.h>

namespace gradus {

// Every element the same; the number is stored once.
Tensor full(Graph& g, const Shape& shape, Number value, DType dtype = float32,
            SourceLocation where = SourceLocation::current());
Tensor zeros(Graph& g, const Shape& shape, DType dtype = float32,
             SourceLocation where = SourceLocation::current());
Tensor ones(Graph& g, const Shape& shape, DType dtype = float32,
            SourceLocation where = SourceLocation::current());

// start, start + step, ... before stop: a constant. GraphError if step is 0 or an end is no finite
// number, DTypeError if one is no number of the dtype (bool has none).
Tensor range(Graph& g, Number start, Number stop, Number step = 1, DType dtype = float32,
             SourceLocation where = SourceLocation::current());
// `count` floats from start to stop, both included, equally far apart: a constant.
Tensor linspace(Graph& g, double start, double stop, std::int64_t count, DType dtype = float32,
                SourceLocation where = SourceLocation::current());
// 1 on the diagonal of an n x n matrix, 0 elsewhere.
Tensor eye(Graph& g, std::int64_t n, DType dtype = float32,
           SourceLocation where = SourceLocation::current());

}  // namespace gradus
