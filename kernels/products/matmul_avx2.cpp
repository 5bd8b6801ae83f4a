// Products with AVX2 and FMA: vectors of 32 bytes, 16 registers.
#include "matmul_kernel.h"

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
#include "matmul_nest.h"

namespace gradus {
namespace {

struct Avx2 {
  static constexpr int vector_bytes = 32, max_rows_along = 3, block_rows = 256;
  static constexpr int tile_rows = 6, tile_rows_of_many = 4, tile_vectors_of_many = 3;
  static constexpr int dot_rows = 4, dot_rows_of_many = 4, dot_columns = 3;

  [[gnu::always_inline]] static __m256 multiply_add(__m256 a, __m256 b, __m256 sum) {
    return _mm256_fmadd_ps(a, b, sum);
  }
  [[gnu::always_inline]] static __m256d multiply_add(__m256d a, __m256d b, __m256d sum) {
    return _mm256_fmadd_pd(a, b, sum);
  }
  // The first `count` numbers, and zeros; nothing else is read.
  template <class V>
  [[gnu::always_inline]] static V load_first(const void* from, std::int64_t count) {
    if constexpr (sizeof(V{}[0]) == 4) {
      const __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)),
                                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
      return reinterpret_cast<V>(_mm256_maskload_epi32(static_cast<const int*>(from), mask));
    } else {
      const __m256i mask =
          _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3));
      return reinterpret_cast<V>(_mm256_maskload_epi64(static_cast<const long long*>(from), mask));
    }
  }
};

}  // namespace

MatmulKernel avx2_product(DType dtype) { return matmul_kernel<Avx2>(dtype); }

}  // namespace gradus
#if defined(__clang__)
#pragma clang attribute pop
#endif

#else

gradus::MatmulKernel gradus::avx2_product(DType) { return {}; }

#endif
