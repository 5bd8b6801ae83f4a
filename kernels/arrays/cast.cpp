#include "cast.h"

namespace gradus {
namespace {

template <Element To>
struct Cast {
  template <Element From, InstructionSet set>
  [[gnu::always_inline]] auto operator()(Lane<From, set> x) const {
    if constexpr (std::same_as<From, To>)
      return x;
    else if constexpr (std::same_as<To, bool>)
      return x != 0;
    else if constexpr (std::floating_point<From> && std::integral<To>)
      return cut<set>(x);
    else
      return Lane<To, set>(static_cast<To>(x.value));
  }

 private:
  template <InstructionSet set, Element From>
  [[gnu::always_inline]] static Lane<To, set> cut(Lane<From, set> x) {
    // The largest integers are no floats: compare with the power of two above them.
    constexpr From end = static_cast<From>(-2.0 * static_cast<double>(lowest_half));
    const Mask<From, set> is_in_range = (x >= -end) & (x < end);  // not for NaN
    const Lane<To, set> y = static_cast<To>(where(is_in_range, x, 0).value);
    const Lane<To, set> edge =
        where(Mask<To, set>(x >= end), highest(y), where(Mask<To, set>(x < -end), lowest(y), 0));
    return where(Mask<To, set>(is_in_range), y, edge);
  }
  static constexpr To lowest_half = std::numeric_limits<To>::min() / 2;
};

template <Element From>
Tile tile_from(DType to, InstructionSet set) {
  return visit(to, [set]<class To>(To) {
    constexpr auto tiles = compile_for_each_set<Tile, Sweep<Cast<To>, From>>();
    return tiles[static_cast<std::size_t>(set)];
  });
}

}  // namespace

Tile cast_tile(DType from, DType to, InstructionSet set) {
  return visit(from, [=]<class From>(From) { return tile_from<From>(to, set); });
}

}  // namespace gradus
