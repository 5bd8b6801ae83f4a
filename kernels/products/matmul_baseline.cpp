// Products on any CPU: vectors of 16 bytes; x86-64 has no fma at its baseline, AArch64 has.
#if defined(__aarch64__)
#include <arm_neon.h>
#endif

#include "matmul_nest.h"

namespace gradus {
namespace {

struct Baseline {
  static constexpr int vector_bytes = 16, max_rows_along = 3, block_rows = 256;
  static constexpr int tile_rows = 4, tile_rows_of_many = 4, tile_vectors_of_many = 2;
  static constexpr int dot_rows = 3, dot_rows_of_many = 3, dot_columns = 3;

#if defined(__aarch64__)
  [[gnu::always_inline]] static float32x4_t multiply_add(float32x4_t a, float32x4_t b,
                                                         float32x4_t sum) {
    return vfmaq_f32(sum, a, b);
  }
  [[gnu::always_inline]] static float64x2_t multiply_add(float64x2_t a, float64x2_t b,
                                                         float64x2_t sum) {
    return vfmaq_f64(sum, a, b);
  }
#else
  template <class V>
  [[gnu::always_inline]] static V multiply_add(V a, V b, V sum) {
    return sum + a * b;
  }
#endif
  // The first `count` numbers, and zeros; nothing else is read.
  template <class V, class T>
  [[gnu::always_inline]] static V load_first(const T* from, std::int64_t count) {
    V v{};
    for (std::int64_t i = 0; i < count; ++i) v[i] = from[i];
    return v;
  }
};

}  // namespace

MatmulKernel baseline_product(DType dtype) { return matmul_kernel<Baseline>(dtype); }

}  // namespace gradus
