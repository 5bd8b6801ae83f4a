// A reduction kernel combines the elements along one axis in a tree that depends on the axis'
// length alone: not on the thread, the alignment or the instruction set.
//
//   constexpr ReductionKernel sum = reduction<DTypes::numbers>(
//       [](auto like) { return decltype(like)(0); }, [](auto a, auto b) { return a + b; });
//   sum.reduce(float32, best_instruction_set())(x, y, outer, n, inner);
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <gradus/dtype.h>
#include <gradus/op/elementwise.h>
#include <gradus/op/lane.h>
#include <gradus/op/target.h>

namespace gradus {

// y[o, i] = x[o, 0, i] combined with x[o, 1, i], ... for x of shape [outer, n, inner]; the identity
// if n is 0. Each o is on its own, so callers may share the outer axis among threads.
using Reduce = void (*)(const void* x, void* y, std::int64_t outer, std::int64_t n,
                        std::int64_t inner);

// Constant-initialised data, to stand in an op's record; empty by default.
class ReductionKernel {
 public:
  using Reduces = std::array<std::array<Reduce, instruction_set_count>, all_dtypes.size()>;

  constexpr ReductionKernel() = default;
  constexpr explicit ReductionKernel(const Reduces& reduces)
      : reduces_(reduces), is_empty_(false) {}

  // Null where the kernel is not made for that type.
  constexpr Reduce reduce(DType dtype, InstructionSet set) const {
    return reduces_[static_cast<std::size_t>(dtype)][static_cast<std::size_t>(set)];
  }
  constexpr explicit operator bool() const { return !is_empty_; }

 private:
  Reduces reduces_{};
  bool is_empty_ = true;
};

// into[i] = a[i] combined with b[i], which goes through Map
template <Element T, Captureless Combine, Captureless Map>
struct CombineLoop {
  using Stored = typename Format<T>::Stored;

  template <InstructionSet set>
  [[gnu::always_inline]] static void run(const Stored* a, const Stored* b, std::int64_t width,
                                         Stored* into) {
    using L = Lane<T, set>;
#if defined(__clang__)
#pragma clang loop vectorize(assume_safety) interleave_count(1)
#else
#pragma GCC ivdep
#endif
    for (std::int64_t i = 0; i < width; ++i)
      into[i] = L(Combine{}(L::load(a[i]), L(Map{}(L::load(b[i]))))).stored();
  }
};

struct Unchanged {
  constexpr auto operator()(auto x) const { return x; }
};

// The loops of one reduction: elements go through Map, then are combined. The rows x[o, 0, :],
// x[o, 1, :], ... are taken in blocks of eight, each block a balanced tree; the blocks are combined
// in pairs, those in pairs again and so on. A contiguous axis (inner is 1) is read as rows of 32,
// whose results are folded in halves.
template <Element T, Captureless Identity, Captureless Combine, Captureless Map>
struct ReductionLoop {
  using Stored = typename Format<T>::Stored;

  template <InstructionSet set>
  [[gnu::always_inline]] static void run(const void* input, void* output, std::int64_t outer,
                                         std::int64_t n, std::int64_t inner) {
    const Stored* x = static_cast<const Stored*>(input);
    Stored* y = static_cast<Stored*>(output);
    const bool is_row = inner == 1;
    if (is_row && n < row_lanes) {
      for (std::int64_t o = 0; o < outer; ++o, x += n, ++y) *y = in_order<set>(x, n);
      return;
    }
    Stored lanes[row_lanes];
    const std::int64_t stride = is_row ? row_lanes : inner, rows = is_row ? n / row_lanes : n;
    for (std::int64_t o = 0; o < outer; ++o, x += n * inner, y += inner) {
      if (is_row) {
        columns<set, row_lanes>(x, row_lanes, rows, row_lanes, lanes);
        *y = folded<set>(lanes, x + rows * row_lanes, n % row_lanes);
        continue;
      }
      for (std::int64_t i = 0; i < stride; i += strip)
        columns<set>(x + i, stride, rows, std::min(strip, stride - i), y + i);
    }
  }

 private:
  static constexpr std::int64_t row_lanes = 32, strip = 64, block = 8;
  static constexpr std::size_t max_levels = 60;  // 2^60 blocks are more than memory holds

  template <InstructionSet set>
  [[gnu::always_inline, gnu::flatten]] static Stored identity() {
    return Lane<T, set>(Identity{}(Lane<T, set>())).stored();
  }
  template <InstructionSet set>
  [[gnu::always_inline, gnu::flatten]] static Stored combined(Stored a, Stored b) {
    using L = Lane<T, set>;
    return L(Combine{}(L::load(a), L::load(b))).stored();
  }
  template <InstructionSet set>
  [[gnu::always_inline, gnu::flatten]] static Stored mapped(Stored x) {
    using L = Lane<T, set>;
    return L(Map{}(L::load(x))).stored();
  }

  template <InstructionSet set>
  [[gnu::always_inline]] static Stored in_order(const Stored* x, std::int64_t n) {
    Stored y = identity<set>();
    for (std::int64_t i = 0; i < n; ++i) y = combined<set>(y, mapped<set>(x[i]));
    return y;
  }

  // All of lanes and of the rest of x.
  template <InstructionSet set>
  [[gnu::always_inline]] static Stored folded(Stored* lanes, const Stored* x, std::int64_t rest) {
    combine<set, 0, Map>(lanes, x, rest, lanes);
    return halved<set, row_lanes / 2>(lanes);
  }
  template <InstructionSet set, std::int64_t half>
  [[gnu::always_inline]] static Stored halved(Stored* lanes) {
    CombineLoop<T, Combine, Unchanged>::template run<set>(lanes, lanes + half, half, lanes);
    if constexpr (half > 1)
      return halved<set, half / 2>(lanes);
    else
      return lanes[0];
  }

  // A width that is known when this is compiled is worth no call.
  template <InstructionSet set, std::int64_t known_width, class MapOfB = Unchanged>
  [[gnu::always_inline]] static void combine(const Stored* a, const Stored* b, std::int64_t width,
                                             Stored* into) {
    if constexpr (known_width != 0)
      CombineLoop<T, Combine, MapOfB>::template run<set>(a, b, known_width, into);
    else
      Target<set>::template run<CombineLoop<T, Combine, MapOfB>>(a, b, width, into);
  }
  template <InstructionSet set>
  [[gnu::always_inline, gnu::flatten]] static Stored pair(const Stored* x, std::int64_t stride) {
    return combined<set>(mapped<set>(x[0]), mapped<set>(x[stride]));
  }

  // into[i] = ((x0 x1)(x2 x3))((x4 x5)(x6 x7)) of the rows of column i
  template <InstructionSet set>
  [[gnu::always_inline]] static void combine_block(const Stored* x, std::int64_t stride,
                                                   std::int64_t width, Stored* into) {
#if defined(__clang__)
#pragma clang loop vectorize(assume_safety) interleave_count(1)
#else
#pragma GCC ivdep
#endif
    for (std::int64_t i = 0; i < width; ++i) {
      const Stored* c = x + i;
      const Stored a = combined<set>(pair<set>(c, stride), pair<set>(c + 2 * stride, stride));
      const Stored b =
          combined<set>(pair<set>(c + 4 * stride, stride), pair<set>(c + 6 * stride, stride));
      into[i] = combined<set>(a, b);
    }
  }

  // y[i] = x[0, i] combined with x[1, i], ... of n rows; width is at most `strip`.
  template <InstructionSet set, std::int64_t known_width = 0>
  [[gnu::always_inline]] static void columns(const Stored* x, std::int64_t stride, std::int64_t n,
                                             std::int64_t width, Stored* y) {
    // After b blocks, levels[k] holds 2^k of them if bit k of b is set: a binary counter.
    Stored levels[max_levels][strip];
    const std::uint64_t blocks = static_cast<std::uint64_t>(n / block);
    for (std::uint64_t b = 0; b < blocks; ++b, x += block * stride) {
      const std::size_t top = static_cast<std::size_t>(std::countr_one(b));
      combine_block<set>(x, stride, width, levels[top]);
      for (std::size_t k = 0; k < top; ++k)
        combine<set, known_width>(levels[k], levels[top], width, levels[top]);
    }
    for (std::int64_t i = 0; i < width; ++i) y[i] = identity<set>();
    for (std::int64_t j = 0; j < n % block; ++j)
      combine<set, known_width, Map>(y, x + j * stride, width, y);
    for (std::size_t k = 0; blocks >> k; ++k)
      if ((blocks >> k) & 1) combine<set, known_width>(levels[k], y, width, y);
  }
};

// identity(like) gives the identity for lanes such as `like`; combine is associative; what is
// combined is map(x).
template <DTypes dtypes = DTypes::floats, Captureless Identity, Captureless Combine,
          Captureless Map = Unchanged>
constexpr ReductionKernel reduction(Identity, Combine, Map = {}) {
  ReductionKernel::Reduces reduces{};
  const auto add = [&reduces]<class T>(T) {
    if constexpr (includes(dtypes, dtype_of<T>()))
      reduces[static_cast<std::size_t>(dtype_of<T>())] =
          compile_for_each_set<Reduce, ReductionLoop<T, Identity, Combine, Map>>();
  };
  for (const DType dtype : all_dtypes) visit(dtype, add);
  return ReductionKernel(reduces);
}

// y[o, i] = the j where x[o, j, i] is largest or smallest: the first of equals, and the first NaN
// before all. n is at least 1. Null for bool.
using ArgReduce = void (*)(const void* x, std::int64_t* y, std::int64_t outer, std::int64_t n,
                           std::int64_t inner);
ArgReduce argmax_reduce(DType dtype);
ArgReduce argmin_reduce(DType dtype);

}  // namespace gradus
