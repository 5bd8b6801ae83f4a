// Products with AVX2 and FMA: vectors of 32 bytes, 16 registers.
#include "product_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <type_traits>
#include <utility>

// From here on all code is for this instruction set; no header of std may follow.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif
#include "product_nest.h"

namespace gradus {
namespace {

struct Avx2 {
  static constexpr int vector_bytes = 32, tile_rows = 6, most_rows_along = 3, block_rows = 256;

  [[gnu::always_inline]] static __m256 multiply_add(__m256 a, __m256 b, __m256 sum) {
    return _mm256_fmadd_ps(a, b, sum);
  }
  [[gnu::always_inline]] static __m256d multiply_add(__m256d a, __m256d b, __m256d sum) {
    return _mm256_fmadd_pd(a, b, sum);
  }
};

}  // namespace

ProductKernel avx2_product(DType dtype) { return product_kernel<Avx2>(dtype); }

}  // namespace gradus
#if defined(__clang__)
#pragma clang attribute pop
#endif

#else

gradus::ProductKernel gradus::avx2_product(DType) { return {}; }

#endif
