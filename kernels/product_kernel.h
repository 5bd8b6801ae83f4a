// What product.cpp knows of its units: one per instruction set, each with one kernel per dtype.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gradus/dtype.h>

namespace gradus {

// c[i * c_stride + j] = sum over k of a[i * a_across + k * a_along] * b[j * b_across + k *
// b_along]. "Across" steps over the rows of op(a) or the columns of op(b), "along" over the depth;
// one of an operand's two strides is 1, and the other says whether it is transposed.
struct ProductTask {
  const void* a;
  const void* b;
  void* c;
  void* scratch;
  std::int64_t rows, columns, depth;
  std::int64_t a_across, a_along;
  std::int64_t b_across, b_along;
  std::int64_t c_stride;
};

struct ProductKernel {
  std::size_t (*scratch_bytes)(std::int64_t rows, std::int64_t depth);
  void (*run)(const ProductTask&);
};

// dtype is a number. The units of instruction sets that the compiler does not target give {}.
ProductKernel baseline_product(DType dtype);
ProductKernel avx2_product(DType dtype);
ProductKernel avx512_product(DType dtype);

}  // namespace gradus
