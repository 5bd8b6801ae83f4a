// Products with AVX-512: vectors of 64 bytes, 32 registers.
#include "matmul_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <type_traits>
#include <utility>

// From here on all code is for this instruction set; no header of std may follow.
#if defined(__clang__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")
#endif
#include "matmul_nest.h"

namespace gradus {
namespace {

struct Avx512 {
  static constexpr int vector_bytes = 64, max_rows_along = 12, block_rows = 512;
  static constexpr int tile_rows = 12, tile_rows_of_many = 12, tile_vectors_of_many = 2;
  // Sixteen sums become one vector of elements; but ten rows are two tiles of five.
  static constexpr int dot_rows = 5, dot_rows_of_many = 4, dot_columns = 4;

  [[gnu::always_inline]] static __m512 multiply_add(__m512 a, __m512 b, __m512 sum) {
    return _mm512_fmadd_ps(a, b, sum);
  }
  [[gnu::always_inline]] static __m512d multiply_add(__m512d a, __m512d b, __m512d sum) {
    return _mm512_fmadd_pd(a, b, sum);
  }
  // The first `count` numbers, and zeros; nothing else is read.
  template <class V>
  [[gnu::always_inline]] static V load_first(const void* from, std::int64_t count) {
    const unsigned mask = (1u << count) - 1;
    if constexpr (sizeof(V{}[0]) == 4)
      return reinterpret_cast<V>(_mm512_maskz_loadu_epi32(static_cast<__mmask16>(mask), from));
    else
      return reinterpret_cast<V>(_mm512_maskz_loadu_epi64(static_cast<__mmask8>(mask), from));
  }
};

}  // namespace

MatmulKernel avx512_product(DType dtype) { return matmul_kernel<Avx512>(dtype); }

}  // namespace gradus
#if defined(__clang__)
#pragma clang attribute pop
#endif

#else

gradus::MatmulKernel gradus::avx512_product(DType) { return {}; }

#endif
