// Attributes: what an op knows beside its operands. A typed key carries name and type; storage is
// one closed variant, so that printing, equality and hashing are written once.
//
//   inline constexpr Key<double> alpha{"alpha"};
//   add_node(elu_op, {&x}, {alpha = 0.5});          // in the function that builds the node
//   f[alpha]                                        // in a rule: a double
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <gradus/array.h>
#include <gradus/axes.h>

namespace gradus {

using AttributeValue = std::variant<bool, std::int64_t, double, DType, std::string,
                                    std::vector<std::int64_t>, Axes, Shape, Array>;

// The place of T among the types of AttributeValue.
template <class T>
inline constexpr std::size_t attribute_type = []<class... Types>(std::variant<Types...>*) {
  std::size_t place = 0;
  static_cast<void>(((std::is_same_v<T, Types> || (++place, false)) || ...));
  return place;
}(static_cast<AttributeValue*>(nullptr));

struct AnyKey {
  std::string_view name;
  std::size_t type;  // as AttributeValue::index() tells it
};

struct Attribute {
  const AnyKey* key;
  AttributeValue value;

  // Same name and value; real numbers and arrays by their bits: 0 is not -0, a NaN is itself.
  friend bool operator==(const Attribute& a, const Attribute& b);
};

template <class T>
struct Key : AnyKey {
  constexpr explicit Key(std::string_view key_name) : AnyKey{key_name, attribute_type<T>} {}
  Attribute operator=(T value) const {  // NOLINT: reads {alpha = 0.5}
    return {this, AttributeValue(std::in_place_type<T>, std::move(value))};
  }
};

// A real number as the shortest text that gives it back in the dtype of its node: 0.2 rounded to
// float32 is "0.2" there.
std::string to_text(const AttributeValue& value, DType dtype = float64);
std::size_t hash_value(const AttributeValue& value);

// The keys of the library's ops.
namespace attributes {
inline constexpr Key<Array> value{"value"};
inline constexpr Key<std::string> name{"name"};
inline constexpr Key<Shape> shape{"shape"};
inline constexpr Key<DType> dtype{"dtype"};
inline constexpr Key<double> alpha{"alpha"};
inline constexpr Key<double> low{"low"};
inline constexpr Key<double> high{"high"};
inline constexpr Key<double> mean{"mean"};
inline constexpr Key<double> stddev{"stddev"};
inline constexpr Key<double> probability{"probability"};
inline constexpr Key<std::int64_t> stream{"stream"};
inline constexpr Key<Axes> axes{"axes"};
inline constexpr Key<std::vector<std::int64_t>> strides{"strides"};
inline constexpr Key<std::vector<std::int64_t>> dilations{"dilations"};
inline constexpr Key<std::vector<std::int64_t>> window{"window"};
inline constexpr Key<std::string> padding{"padding"};
inline constexpr Key<std::vector<std::int64_t>> pads{"pads"};
inline constexpr Key<std::int64_t> axis{"axis"};
inline constexpr Key<bool> keepdims{"keepdims"};
inline constexpr Key<bool> transpose_a{"transpose_a"};
inline constexpr Key<bool> transpose_b{"transpose_b"};
inline constexpr Key<std::vector<std::int64_t>> permutation{"permutation"};
inline constexpr Key<std::vector<std::int64_t>> starts{"starts"};
inline constexpr Key<std::vector<std::int64_t>> stops{"stops"};
inline constexpr Key<std::vector<std::int64_t>> steps{"steps"};
inline constexpr Key<std::int64_t> part{"part"};
inline constexpr Key<std::int64_t> depth{"depth"};
inline constexpr Key<std::int64_t> count{"count"};
inline constexpr Key<std::int64_t> shift{"shift"};
inline constexpr Key<std::int64_t> diagonal{"diagonal"};
inline constexpr Key<std::vector<std::int64_t>> repeats{"repeats"};
inline constexpr Key<std::vector<std::int64_t>> paddings{"paddings"};
inline constexpr Key<std::string> mode{"mode"};
}  // namespace attributes

}  // namespace gradus
