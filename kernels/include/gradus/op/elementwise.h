// An element-wise kernel is its formula: a lambda over one lane per input, compiled for every
// element type that it is made for and for every instruction set.
//
//   constexpr ElementwiseKernel elu =
//       elementwise<1>([](auto x) { return where(x > 0, x, expm1_of_negative(x)); });
//   elu.tile(float32, best_instruction_set())(inputs, output, n);
//
// Build the file that holds formulas with -O3 -fno-math-errno -fno-trapping-math -ffp-contract=off:
// then an element's bits depend on its value and on has_fma(set) alone (a NaN's sign aside).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <gradus/dtype.h>
#include <gradus/op/lane.h>
#include <gradus/op/lane_error_function.h>
#include <gradus/op/lane_gelu.h>
#include <gradus/op/lane_hyperbolic.h>
#include <gradus/op/lane_math.h>
#include <gradus/op/lane_power.h>
#include <gradus/op/lane_rounding.h>
#include <gradus/op/lane_trigonometry.h>
#include <gradus/op/target.h>

namespace gradus {

// Reads n elements from each input and writes n; the output equals an input of its element size,
// or is disjoint from it.
using Tile = void (*)(const void* const* inputs, void* output, std::int64_t n);

// Which element types a formula is made for.
enum class DTypes : std::uint8_t { floats, numbers, booleans, everything };

constexpr bool includes(DTypes dtypes, DType dtype) {
  if (dtypes == DTypes::floats) return is_float(dtype);
  if (dtypes == DTypes::numbers) return is_number(dtype);
  return dtypes == DTypes::everything || dtype == boolean;
}

// Constant-initialised data, to stand in an op's record; empty by default.
class ElementwiseKernel {
 public:
  // By dtype, then by instruction set.
  using Tiles = std::array<std::array<Tile, instruction_set_count>, all_dtypes.size()>;

  constexpr ElementwiseKernel() = default;
  constexpr ElementwiseKernel(const Tiles& tiles, std::size_t arity)
      : tiles_(tiles), arity_(arity) {}

  // Null where the formula is not made for that type of its lanes.
  constexpr Tile tile(DType lanes, InstructionSet set) const {
    return tiles_[static_cast<std::size_t>(lanes)][static_cast<std::size_t>(set)];
  }
  constexpr std::size_t arity() const { return arity_; }
  constexpr explicit operator bool() const { return arity_ != 0; }

 private:
  Tiles tiles_{};
  std::size_t arity_ = 0;
};

// A lambda without captures.
template <class F>
concept Captureless = std::is_empty_v<F> && std::default_initializable<F>;

// The loop of one formula over inputs of these element types.
template <Captureless Formula, Element... Inputs>
struct Sweep {
  template <InstructionSet set>
  [[gnu::always_inline]] static void run(const void* const* inputs, void* output, std::int64_t n) {
    run_over<set>(inputs, output, n, std::index_sequence_for<Inputs...>{});
  }

 private:
  template <InstructionSet set, std::size_t... k>
  [[gnu::always_inline]] static void run_over(const void* const* inputs, void* output,
                                              std::int64_t n, std::index_sequence<k...>) {
    using Result = std::invoke_result_t<Formula, Lane<Inputs, set>...>;
    loop<set>(n, static_cast<typename Result::Stored*>(output),
              static_cast<const typename Format<Inputs>::Stored*>(inputs[k])...);
  }
  template <InstructionSet set>
  [[gnu::always_inline, gnu::flatten]] static void loop(
      std::int64_t n, auto* output, const typename Format<Inputs>::Stored*... inputs) {
#if defined(__clang__)
#pragma clang loop vectorize(assume_safety) interleave_count(1)
#else
    // Four vectors a turn: counting turns is a third of the instructions of a simple formula.
#pragma GCC ivdep
#pragma GCC unroll 4
#endif
    for (std::int64_t i = 0; i < n; ++i)
      output[i] = Formula{}(Lane<Inputs, set>::load(inputs[i])...).stored();
  }
};

namespace elementwise_detail {

template <class T, std::size_t>
using Repeated = T;

template <class Formula, Element First, Element Rest, std::size_t... k>
constexpr auto tiles_of(std::index_sequence<k...>) {
  return compile_for_each_set<Tile, Sweep<Formula, First, Repeated<Rest, k>...>>();
}

template <class First, std::size_t arity, DTypes dtypes, class Formula>
constexpr ElementwiseKernel kernel_of() {
  static_assert(arity > 0);
  ElementwiseKernel::Tiles tiles{};
  const auto add = [&tiles]<class T>(T) {
    using F = std::conditional_t<std::is_void_v<First>, T, First>;
    if constexpr (includes(dtypes, dtype_of<T>()))
      tiles[static_cast<std::size_t>(dtype_of<T>())] =
          tiles_of<Formula, F, T>(std::make_index_sequence<arity - 1>{});
  };
  for (const DType dtype : all_dtypes) visit(dtype, add);
  return ElementwiseKernel(tiles, arity);
}

}  // namespace elementwise_detail

// The formula has a parameter for each operand, then one for each numeric attribute of the op:
// these are its inputs, all of one element type. If it gives a lane, the output has that type; if
// it gives a comparison, the output is bool.
template <std::size_t arity, DTypes dtypes = DTypes::floats, Captureless Formula>
constexpr ElementwiseKernel elementwise(Formula) {
  return elementwise_detail::kernel_of<void, arity, dtypes, Formula>();
}

// The same, but the first input is bool.
template <std::size_t arity, DTypes dtypes = DTypes::floats, Captureless Formula>
constexpr ElementwiseKernel elementwise_where(Formula) {
  return elementwise_detail::kernel_of<bool, arity, dtypes, Formula>();
}

}  // namespace gradus
