// The loops that softmax and the cross entropies share: rows along one axis of x [outer, n, inner].
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <gradus/op/elementwise.h>
#include <gradus/op/kernel_call.h>
#include <gradus/op/target.h>
#include <gradus/op/thread_pool.h>

#include "strides.h"

namespace gradus {

// y[o, j, i] = formula(x[o, j, i], a[o, i], b[o, i]), of one number a and b per row; y may be x.
template <Captureless Formula, Element T>
struct RowSweep {
  template <InstructionSet set>
  [[gnu::always_inline]] static void run(const void* input, const void* first, const void* second,
                                         void* output, std::int64_t outer, std::int64_t n,
                                         std::int64_t inner) {
    const T* x = static_cast<const T*>(input);
    const T *a = static_cast<const T*>(first), *b = static_cast<const T*>(second);
    T* y = static_cast<T*>(output);
    for (std::int64_t o = 0; o < outer; ++o, a += inner, b += inner) {
      if (inner == 1) {
        along<set>(n, x, *a, *b, y);
        x += n;
        y += n;
        continue;
      }
      for (std::int64_t j = 0; j < n; ++j, x += inner, y += inner) across<set>(inner, x, a, b, y);
    }
  }

 private:
  template <InstructionSet set>
  [[gnu::always_inline, gnu::flatten]] static void along(std::int64_t n, const T* x, T a, T b,
                                                         T* y) {
    using L = Lane<T, set>;
#if defined(__clang__)
#pragma clang loop vectorize(assume_safety) interleave_count(1)
#else
#pragma GCC ivdep
#endif
    for (std::int64_t i = 0; i < n; ++i)
      y[i] = Formula{}(L::load(x[i]), L::load(a), L::load(b)).stored();
  }
  template <InstructionSet set>
  [[gnu::always_inline, gnu::flatten]] static void across(std::int64_t n, const T* x, const T* a,
                                                          const T* b, T* y) {
    using L = Lane<T, set>;
#if defined(__clang__)
#pragma clang loop vectorize(assume_safety) interleave_count(1)
#else
#pragma GCC ivdep
#endif
    for (std::int64_t i = 0; i < n; ++i)
      y[i] = Formula{}(L::load(x[i]), L::load(a[i]), L::load(b[i])).stored();
  }
};

using RowLoop = void (*)(const void* x, const void* a, const void* b, void* y, std::int64_t outer,
                         std::int64_t n, std::int64_t inner);

class RowKernel {
 public:
  template <Captureless Formula>
  constexpr explicit RowKernel(Formula)
      : loops_{compile_for_each_set<RowLoop, RowSweep<Formula, float>>(),
               compile_for_each_set<RowLoop, RowSweep<Formula, double>>()} {}
  constexpr RowLoop loop(DType dtype, InstructionSet set) const {
    return loops_[dtype == float32 ? 0 : 1][static_cast<std::size_t>(set)];
  }

 private:
  std::array<std::array<RowLoop, instruction_set_count>, 2> loops_;
};

// What a softmax is made of, for some of the outer rows.
struct RowPart {
  const KernelCall& call;
  std::int64_t first, count;  // of outer
  std::int64_t n, inner;
  const void* x;
  void *largest, *sum;  // one number per row

  RowPart(const KernelCall& call, const ArrayView& x, const AroundAxis& rows, std::int64_t first,
          std::int64_t count, void* numbers);
  // The element [first, 0, 0] of an array in the form of x; [first, 0] of one number per row.
  const void* of(const void* all) const { return offset(all, first * n * inner); }
  void* of(void* all) const { return const_cast<void*>(offset(all, first * n * inner)); }
  void* number_of(void* all) const { return const_cast<void*>(offset(all, first * inner)); }

  // largest = max x, e = exp(x - largest), sum = sum e
  void exponentiate(void* e) const;
  // y = (x - largest) - log sum, after exponentiate; y may be e. The sum becomes its logarithm.
  void subtract_logarithm(void* y) const;

 private:
  const void* offset(const void* all, std::int64_t elements) const;
};

// Calls f(RowPart) for fixed parts of the rows; numbers holds two numbers per row.
template <class F>
void for_row_parts(const KernelCall& call, const ArrayView& x, const AroundAxis& rows,
                   void* numbers, F f) {
  constexpr std::int64_t elements_per_part = 1 << 13;
  const std::int64_t row = rows.n * rows.inner;
  const std::int64_t per_part = row == 0 || row > elements_per_part ? 1 : elements_per_part / row;
  call.threads.parallel_for((rows.outer + per_part - 1) / per_part, [&](std::int64_t part) {
    const std::int64_t first = part * per_part;
    f(RowPart(call, x, rows, first, rows.outer - first < per_part ? rows.outer - first : per_part,
              numbers));
  });
}

}  // namespace gradus
