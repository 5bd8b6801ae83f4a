// What matmul.cpp knows of its units: one per instruction set, each with one kernel per dtype.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gradus/dtype.h>

#include "matmul.h"

namespace gradus {

// One block of c. `swapped`: c^T is computed, and a and b change their parts; rows, columns and
// first_... are then those of c^T. An operand without a stride of its own has a_rows rows or
// b_columns columns.
struct MatmulTask {
  const MatmulTerm* terms;
  std::int64_t term_count;
  void* c;  // the first element of the block
  void* scratch;
  std::int64_t rows, columns, depth, slice;
  std::int64_t first_row, first_column;
  std::int64_t a_rows, b_columns;
  std::int64_t c_stride;
  double alpha, beta;
  bool swapped;
  bool sums_dots;  // its one term is a b^T, summed as dot products
};

struct MatmulKernel {
  int vector_bytes;
  std::size_t (*scratch_bytes)(std::int64_t rows, std::int64_t slice);
  void (*run)(const MatmulTask&);
};

// dtype is a number. The units of instruction sets that the compiler does not target give {}.
MatmulKernel baseline_product(DType dtype);
MatmulKernel avx2_product(DType dtype);
MatmulKernel avx512_product(DType dtype);

}  // namespace gradus
